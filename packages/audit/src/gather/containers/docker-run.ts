import { gatherer } from '../../core/item.ts'
import { documents, type Document } from '../documents.ts'
import { runsOf } from '../runs.ts'
import { shellCommands } from '../shell.ts'
import { tasks } from '../tasks.ts'
import { isBound, workload, type Spot, type Workload } from './workload.ts'

/** Options of `docker run` that stand alone; all others take a value. */
const alone =
  /^(-[dtiPq]+|--(detach|interactive|tty|rm|init|privileged|read-only|no-healthcheck|publish-all|oom-kill-disable|sig-proxy|disable-content-trust|quiet|replace|tls-verify))(=|$)/

interface DockerRun {
  image: string
  options: [name: string, value: string][]
  command: string[]
}

/** `docker run OPTIONS IMAGE COMMAND`, also of Podman and nerdctl; null for any other command. */
export const dockerRun = (words: string[]): DockerRun | null => {
  const start = words.findIndex(word => /^(docker|podman|nerdctl)(\.exe)?$/.test(word))
  const verb = words.slice(start + 1, start + 3).findIndex(word => word === 'run' || word === 'create')
  if (start !== 0 || verb < 0 || words[1] === 'compose') return null
  const options: DockerRun['options'] = []
  let index = start + verb + 2
  for (; index < words.length; index++) {
    const word = words[index] ?? ''
    if (!word.startsWith('-')) break
    const [name = '', value] = word.split(/=(.*)/s)
    if (value !== undefined || alone.test(word)) options.push([name, value ?? 'true'])
    else if (/^-[mcpev]./.test(word) && !word.startsWith('--')) options.push([word.slice(0, 2), word.slice(2)])
    else options.push([name, words[++index] ?? ''])
  }
  const image = words[index]
  return image === undefined ? null : { image, options, command: words.slice(index + 1) }
}

const asWorkload = (words: string[], path: string, line: number): Workload[] => {
  const found = dockerRun(words)
  if (!found || words.includes('--entrypoint')) return []
  const { image, options, command } = found
  // an inspector in a container that starts the server in another one
  if (dockerRun(command)) return asWorkload(command, path, line)
  const value = (...names: string[]): string | undefined => options.findLast(([name]) => names.includes(name))?.[1]
  const spot = (saw: string): Spot => ({ path, line, saw })
  const limit = (...names: string[]): Spot | null => {
    const given = value(...names)
    return isBound(given) ? spot(`${names[0]} ${given}`) : null
  }
  const restart = value('--restart')
  const driver = value('--log-driver') ?? 'json-file'
  const size = options.some(([name, given]) => name === '--log-opt' && /^max-size=[1-9]/.test(given))
  const health = value('--health-cmd')
  return [
    workload({
      by: 'docker run',
      tool: words[0] ?? 'docker',
      path,
      line,
      group: `${path}:${line}`,
      name: value('--name') ?? image,
      image,
      command: command.join(' '),
      ports: options.filter(([name]) => /^(-p|--publish)$/.test(name)).map(([, port]) => port.split(':').at(-1) ?? ''),
      memory: limit('--memory', '-m'),
      cpu: limit('--cpus', '--cpu-quota', '--cpuset-cpus'),
      restart: restart === undefined ? null : { ...spot(`--restart ${restart}`), again: restart !== 'no' },
      probes: health ? [{ ...spot(health), kind: 'command', words: [health], asks: null, port: null }] : [],
      logs: {
        ...spot(size || driver !== 'json-file' ? `log driver ${driver}` : 'no --log-opt max-size'),
        bounded: driver === 'json-file' ? size : true,
        toFile: false,
      },
    }),
  ]
}

const shells = /^(sh|bash|shell|zsh|console|shell-session|terminal|)$/

const placeholder = (_: string, name: string): string => name.replaceAll(/[^\w.:/-]+/g, '-')

const written = ({ path, sections }: Document): Workload[] =>
  sections.flatMap(({ blocks }) =>
    blocks.flatMap(block => {
      if (block.kind !== 'code' || !shells.test(block.language) || !/\b(docker|podman|nerdctl)\b/.test(block.text))
        return []
      // `<your-token>` stands for a word, not for a file that is read
      const text = block.text.replaceAll(/^\s*\$ /gm, '').replaceAll(/<(\w[\w .:/-]*)>/g, placeholder)
      return shellCommands(text).flatMap(({ words, line }) => asWorkload(words, path, block.line + line))
    }),
  )

/** Containers that scripts, tasks and documents start by `docker run`. */
export const dockerRuns = gatherer<Workload[], { tasks: typeof tasks; documents: typeof documents }>({
  id: 'docker-runs',
  impact: 'read',
  from: 'repository',
  needs: { tasks, documents },
  gather: (_, { tasks, documents }) => {
    const scripts = [
      ...tasks.named.map(({ script, path, line }) => ({ script, path, line })),
      ...tasks.node.flatMap(({ scripts, path }) => Object.values(scripts).map(script => ({ script, path, line: 1 }))),
      ...Object.entries(tasks.scripts).map(([path, script]) => ({ script, path, line: 0 })),
    ].filter(({ script }) => /\b(docker|podman|nerdctl)\b/.test(script))
    return [
      ...scripts.flatMap(({ script, path, line }) =>
        runsOf(script, '', tasks).runs.flatMap(run => asWorkload(run.words, path, line + run.line)),
      ),
      ...documents.flatMap(written),
    ].slice(0, 200)
  },
})
