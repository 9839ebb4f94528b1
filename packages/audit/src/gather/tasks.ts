import { parse as parseYaml } from 'yaml'
import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { ownPrograms } from './own-programs.ts'
import { project, type NodePackage, type PythonProject, type Project } from './project.ts'
import { parseSource } from './trees.ts'
import { table, type Table } from './tables.ts'

/** A named piece of work that other commands call by its name. */
export interface Task {
  tool: 'make' | 'just' | 'task' | 'tox' | 'nox' | 'hatch' | 'pdm' | 'poe' | 'pre-commit'
  name: string
  path: string
  line: number
  /** Shell text, one command a line. */
  script: string
  /** Tasks of the same file that run before it. */
  before: string[]
}

export interface Tasks {
  node: NodePackage[]
  python: PythonProject[]
  named: Task[]
  /** Text of the shell scripts of the repository, by path. */
  scripts: Record<string, string>
  /** Paths of programs of its own that start others. */
  programs: ReadonlySet<string>
  /** The files that are there to be called. */
  files: ReadonlySet<string>
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((entry): entry is string => typeof entry === 'string')

/** `-` before a line says that its failure does not matter. */
const recipeLine = (line: string): string => {
  const marks = /^[@+-]*/.exec(line)?.[0] ?? ''
  const command = line.slice(marks.length)
  return marks.includes('-') && command !== '' ? `${command} || true` : command
}

const defaults = /=("[^"]{0,300}"|'[^']{0,300}'|[^\s:"'=]{1,300})/g

/** Recipes of a Makefile or a justfile: an unindented `name: needs` and the indented lines after it. */
const recipes = (tool: 'make' | 'just', path: string, written: string): Task[] => {
  const found: Task[] = []
  const variables = new Map(
    [...written.matchAll(/^(\w+)\s*[:?]?=\s*([^\n]*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
  const content =
    tool === 'just' ? written : written.replaceAll(/\$[({](\w+)[)}]/g, (_, name: string) => variables.get(name) ?? '')
  content
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .forEach((text, index) => {
      // the parameters of a recipe may have defaults: `bench url="redis://x" run=latest:`
      const plain = tool === 'just' && /^[^\s:]/.test(text) && !/:=/.test(text) ? text.replaceAll(defaults, '') : text
      const head = /^@?([A-Za-z0-9_.-][^:=#]*):(?!=)\s*([^=#]*)(#.*)?$/.exec(plain)
      const current = found.at(-1)
      if (head?.[1] && head[1] !== '.PHONY') {
        const [name = '', ...more] = head[1].trim().split(/\s+/)
        const before = (head[2] ?? '').replace(/;.*/, '').split(/\s+/).filter(Boolean)
        const names = tool === 'make' ? [name, ...more] : [name]
        for (const name of names) found.push({ tool, name, path, line: index + 1, script: '', before })
      } else if (/^\s+\S/.test(text) && current) current.script += `${recipeLine(text.trim())}\n`
    })
  return found
}

const taskfile = (path: string, content: string): Task[] =>
  Object.entries(table(table(parseYaml(content))['tasks'])).map(([name, value]) => {
    const { cmds, cmd, deps } = table(value)
    const parts = typeof value === 'string' || Array.isArray(value) ? value : (cmds ?? cmd)
    const commands = (Array.isArray(parts) ? parts : [parts]).map(part => {
      const { cmd, task } = table(part)
      return typeof part === 'string' ? part : typeof task === 'string' ? `task ${task}` : text(cmd)
    })
    const before = (Array.isArray(deps) ? deps : []).flatMap(dep => strings(table(dep)['task'] ?? dep))
    return { tool: 'task', name, path, line: 1, script: commands.join('\n'), before }
  })

/** `[testenv:NAME]` and its `commands`, also when the file is embedded in pyproject.toml. */
const toxIni = (path: string, content: string): Task[] => {
  const found: Task[] = []
  let inCommands = false
  content.split('\n').forEach((text, index) => {
    const section = /^\[(?:testenv(?::([^\]]+))?|[^\]]*)\]/.exec(text)
    if (section) {
      inCommands = false
      const names = text.startsWith('[testenv') ? (section[1] ?? '').split(',') : []
      for (const name of names)
        found.push({ tool: 'tox', name: name.trim(), path, line: index + 1, script: '', before: [] })
      if (names.length === 0)
        found.push({ tool: 'tox', name: '[other]', path, line: index + 1, script: '', before: [] })
      return
    }
    const key = /^(\w+)\s*=\s*(.*)$/.exec(text)
    if (key) inCommands = key[1] === 'commands'
    const command = key ? key[2] : /^\s/.test(text) ? text.trim() : ''
    const current = found.at(-1)
    if (inCommands && command && current)
      current.script += `${recipeLine(command.replace(/^-\s+/, '-')).replaceAll(/\{posargs:?([^}]*)\}/g, '$1')}\n`
  })
  return found.filter(({ name }) => name !== '[other]')
}

const toml = ({ path, tool }: PythonProject): Task[] => {
  const task = (kind: Task['tool'], name: string, commands: unknown, before: string[] = []): Task[] => {
    const words = (entry: unknown): string => (Array.isArray(entry) ? strings(entry).join(' ') : text(entry))
    const script =
      Array.isArray(commands) && commands.some(Array.isArray)
        ? commands.map(words).join('\n')
        : strings(commands).join('\n')
    return [{ tool: kind, name, path, line: 1, script, before }]
  }
  const tables = (value: unknown): [string, Table][] =>
    Object.entries(table(value)).map(([name, entry]) => [name, table(entry)])
  const tox = table(tool['tox'])
  return [
    ...tables(tox['env']).flatMap(([name, entry]) => task('tox', name, entry['commands'])),
    ...('commands' in table(tox['env_run_base']) ? task('tox', '', table(tox['env_run_base'])['commands']) : []),
    ...(typeof tox['legacy_tox_ini'] === 'string' ? toxIni(path, tox['legacy_tox_ini']) : []),
    ...tables(table(tool['hatch'])['envs']).flatMap(([environment, entry]) =>
      Object.entries(table(entry['scripts'])).flatMap(([name, commands]) =>
        task('hatch', environment === 'default' ? name : `${environment}:${name}`, commands),
      ),
    ),
    ...Object.entries(table(table(tool['pdm'])['scripts'])).flatMap(([name, entry]) => {
      const { cmd, shell, composite } = table(entry)
      return task(
        'pdm',
        name,
        typeof entry === 'string' ? entry : (cmd ?? shell ?? strings(composite).map(each => `pdm run ${each}`)),
      )
    }),
    ...Object.entries(table(table(tool['poe'])['tasks'])).flatMap(([name, entry]) => {
      const { cmd, shell, sequence, deps } = table(entry)
      const names = Array.isArray(entry) ? entry : Array.isArray(sequence) ? sequence : []
      const listed = names.map(each => (typeof each === 'string' ? `poe ${each}` : text(table(each)['cmd'])))
      return task('poe', name, typeof entry === 'string' ? entry : (cmd ?? shell ?? listed), strings(deps))
    }),
  ]
}

const hooks = (path: string, content: string): Task[] => {
  const repositories = table(parseYaml(content))['repos']
  return (Array.isArray(repositories) ? repositories : []).flatMap(entry => {
    const { repo, hooks } = table(entry)
    return (Array.isArray(hooks) ? hooks : []).map((hook): Task => {
      const { id, entry: command, args, stages } = table(hook)
      // a run without `--hook-stage` leaves out what is for another occasion, such as a push
      const isLater = strings(stages).length > 0 && !strings(stages).some(stage => /^(pre-)?commit$/.test(stage))
      const script =
        repo === 'local' ? [text(command), ...strings(args ?? [])].join(' ') : `${text(id)} # ${text(repo)}`
      return { tool: 'pre-commit', name: text(id), path, line: 1, script: isLater ? '' : script, before: [] }
    })
  })
}

/** `session.run("ruff", "check")` inside functions that are decorated as sessions. */
const noxSessions = (path: string, content: string): Task[] =>
  (parseSource(path, content)?.findAll({ rule: { kind: 'decorated_definition' } }) ?? []).flatMap((node): Task[] => {
    const decorator =
      node
        .children()
        .find(child => child.kind() === 'decorator')
        ?.text() ?? ''
    const definition = node.field('definition')
    if (!/^@(nox\.)?session\b/.test(decorator) || !definition) return []
    const named = /\bname\s*=\s*["']([^"']+)["']/.exec(decorator)?.[1]
    const runs = definition.findAll({ rule: { kind: 'call' } }).flatMap(call => {
      if (!/\.run(_always)?$/.test(call.field('function')?.text() ?? '')) return []
      const parts = call.field('arguments')?.children() ?? []
      return [
        parts
          .flatMap(part => (part.kind() === 'string' ? [part.text().replace(/^[a-z]*["']+|["']+$/gi, '')] : []))
          .join(' '),
      ]
    })
    const name = named ?? definition.field('name')?.text() ?? ''
    return [{ tool: 'nox', name, path, line: node.range().start.line + 1, script: runs.join('\n'), before: [] }]
  })

const readers: [file: RegExp, read: (path: string, content: string) => Task[]][] = [
  [/(^|\/)(GNUm|[Mm])akefile$/, (path, content) => recipes('make', path, content)],
  [/(^|\/)\.?justfile$/i, (path, content) => recipes('just', path, content)],
  [/(^|\/)Taskfile\.ya?ml$/, taskfile],
  [/(^|\/)tox\.ini$/, toxIni],
  [/(^|\/)noxfile\.py$/, noxSessions],
  [/(^|\/)\.pre-commit-config\.ya?ml$/, hooks],
]

const tolerant = (read: () => Task[]): Task[] => {
  try {
    return read()
  } catch {
    return []
  }
}

/** A file without an ending is a shell script where its first line says so, or nothing in a folder of scripts. */
const isShell = (path: string, content: string): boolean => {
  const [, interpreter] = /^#!(.*)/.exec(content) ?? []
  return interpreter === undefined
    ? /(^|\/)(scripts?|hack|ci)\/[^/]+$/.test(path) && !content.includes('\0')
    : /\b(ba|da|z|k|a)?sh\b/.test(interpreter)
}
const mayBeScript = /(^|\/)(\.?scripts?|s?bin|hack|ci|tools?|dev|build|\.github|\.ci)\/([^/]+\/)*[^/.]+$/

const readFiles = async (repository: Repository): Promise<{ named: Task[]; scripts: Record<string, string> }> => {
  const named: Task[] = []
  const scripts: Record<string, string> = {}
  for (const path of repository.files) {
    const read = readers.find(([file]) => file.test(path))?.[1]
    const isScript = /\.(sh|bash)$/.test(path)
    const content = read || isScript || mayBeScript.test(path) ? await repository.text(path) : null
    if (content === null) continue
    if (read) named.push(...tolerant(() => read(path, content)))
    else if (isScript || isShell(path, content)) scripts[path] = content
  }
  return { named, scripts }
}

/** All that a command line may call by name: package scripts, Makefile targets, tox environments, shell scripts. */
export const tasks = gatherer<Tasks, { project: typeof project }>({
  id: 'tasks',
  impact: 'read',
  from: 'repository',
  needs: { project },
  gather: async ({ repository }, inputs) => {
    const { node, python }: Project = inputs.project
    const read = repository ? await readFiles(repository) : { named: [], scripts: {} }
    return {
      node,
      python,
      named: [...read.named, ...python.flatMap(entry => tolerant(() => toml(entry)))],
      scripts: read.scripts,
      programs: repository ? await ownPrograms(repository) : new Set(),
      files: new Set(repository?.files),
    }
  },
})
