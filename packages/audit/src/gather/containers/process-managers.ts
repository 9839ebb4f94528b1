import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { gatherer } from '../../core/item.ts'
import { isBound, scalar, tables, workload, type Spot, type Workload } from './workload.ts'
import { table, type Table } from '../tables.ts'

type Reader = (path: string, text: string) => Workload[]

const lineOf = (text: string, part: string): number =>
  Math.max(
    0,
    text.split('\n').findIndex(line => line.includes(part)),
  ) + 1

const isZero = (value: string): boolean => /^0\s*[a-z]*$/i.test(value)

/** `[program:x]` of supervisord; it starts again and rotates unless it is told not to. */
const supervisord: Reader = (path, text) => {
  const found: Workload[] = []
  let settings: Map<string, string> = new Map()
  const close = (name: string, line: number): void => {
    const of = settings
    const again = !/^(false|no|off|0)$/i.test(of.get('autorestart') ?? 'unexpected')
    const file = of.get('stdout_logfile') ?? of.get('stderr_logfile') ?? 'AUTO'
    const bytes = of.get('stdout_logfile_maxbytes') ?? of.get('stderr_logfile_maxbytes') ?? '50MB'
    const toFile = !/^(\/dev\/(stdout|stderr|fd\/\d)|syslog|none)$/i.test(file)
    found.push(
      workload({
        by: 'process manager',
        tool: 'supervisord',
        path,
        line,
        name,
        command: of.get('command') ?? '',
        restart: { path, line, saw: `autorestart=${of.get('autorestart') ?? 'unexpected'}`, again },
        logs: toFile ? { path, line, saw: `${file}, maxbytes ${bytes}`, bounded: !isZero(bytes), toFile: true } : null,
        faults: of.has('command') ? [] : [{ path, line, saw: `[program:${name}] without command` }],
      }),
    )
  }
  let open: { name: string; line: number } | null = null
  text.split('\n').forEach((written, index) => {
    const section = /^\[([^\]]{1,200})\]/.exec(written)?.[1]
    if (section !== undefined) {
      if (open) close(open.name, open.line)
      settings = new Map()
      open = section.startsWith('program:') ? { name: section.slice(8), line: index + 1 } : null
      return
    }
    const equals = written.indexOf('=')
    if (equals > 0 && !/^\s*[;#]/.test(written))
      settings.set(
        written.slice(0, equals).trim(),
        written
          .slice(equals + 1)
          .replace(/\s;.*$/, '')
          .trim(),
      )
  })
  const rest = open as { name: string; line: number } | null
  if (rest) close(rest.name, rest.line)
  return found
}

/** Platforms run what a Procfile names and start it again when it ends. */
const procfile: Reader = (path, text) =>
  text.split('\n').flatMap((written, index) => {
    const [, name, command] = /^([A-Za-z0-9_-]{1,60}):\s*(\S.*)$/.exec(written) ?? []
    if (!name || !command || name === 'release') return []
    const spot = { path, line: index + 1, saw: `${name}: ${command.slice(0, 100)}` }
    return [
      workload({
        by: 'platform',
        tool: 'Procfile',
        path,
        line: index + 1,
        name,
        command,
        restart: { ...spot, again: true },
      }),
    ]
  })

/** pm2 starts again unless `autorestart` is false; a configuration that is code is not read. */
const pm2: Reader = (path, text) => {
  const raw: unknown = path.endsWith('.json') ? JSON.parse(text) : parseYaml(text)
  return tables(table(raw)['apps']).map(app => {
    const name = scalar(app['name']) || 'app'
    const line = lineOf(text, name)
    const again = app['autorestart'] !== false
    const memory = app['max_memory_restart']
    return workload({
      by: 'process manager',
      tool: 'pm2',
      path,
      line,
      name,
      command: [scalar(app['interpreter']), scalar(app['script']), scalar(app['args'])].filter(Boolean).join(' '),
      restart: { path, line, saw: `autorestart: ${again}`, again },
      memory: isBound(memory)
        ? { path, line: lineOf(text, 'max_memory_restart'), saw: `max_memory_restart: ${scalar(memory)}` }
        : null,
      logs: { path, line, saw: 'files of pm2, which rotate with pm2-logrotate only', bounded: null, toFile: true },
      faults: app['script'] === undefined ? [{ path, line, saw: `${name} without script` }] : [],
    })
  })
}

/** What a platform sells by size has memory and processors bounded by that size. */
const sized = (
  path: string,
  text: string,
  tool: string,
  name: string,
  given: Table,
  keys: [string[], string[]],
): Workload => {
  const spot = (key: string): Spot => ({ path, line: lineOf(text, key), saw: `${key}: ${scalar(given[key])}` })
  const [memory, cpu] = keys.map(names => names.find(key => isBound(given[key])))
  const line = lineOf(text, name)
  return workload({
    by: 'platform',
    tool,
    path,
    line,
    name,
    context: '',
    memory: memory === undefined ? null : spot(memory),
    cpu: cpu === undefined ? null : spot(cpu),
    restart: { path, line, saw: `${tool} starts it again`, again: true },
  })
}

const fly: Reader = (path, text) => {
  const raw = parseToml(text) as Table
  const [size] = Array.isArray(raw['vm']) ? tables(raw['vm']) : [table(raw['vm'])]
  return [
    sized(path, text, 'Fly.io', scalar(raw['app']) || 'app', size ?? {}, [
      ['memory', 'memory_mb', 'size'],
      ['cpus', 'size'],
    ]),
  ]
}

const render: Reader = (path, text) =>
  tables(table(parseYaml(text))['services'])
    .filter(({ type }) => /^(web|pserv|worker)$/.test(scalar(type)))
    .map(service => sized(path, text, 'Render', scalar(service['name']), service, [['plan'], ['plan']]))

const railway: Reader = (path, text) => {
  const raw = path.endsWith('.toml') ? parseToml(text) : JSON.parse(text)
  const deploy = table(table(raw)['deploy'])
  const policy = scalar(deploy['restartPolicyType']) || 'ON_FAILURE'
  const line = lineOf(text, 'restartPolicyType')
  const restart = { path, line, saw: `restartPolicyType ${policy}`, again: policy.toUpperCase() !== 'NEVER' }
  return [workload({ by: 'platform', tool: 'Railway', path, line, name: 'service', context: '', restart })]
}

/** A task of ECS has memory and processors; its service starts it again. */
const ecs: Reader = (path, text) => {
  const raw = table(JSON.parse(text))
  if (!Array.isArray(raw['containerDefinitions'])) return []
  return tables(raw['containerDefinitions']).map(container => ({
    ...sized(path, text, 'Amazon ECS', scalar(container['name']), { ...raw, ...container }, [['memory'], ['cpu']]),
    context: null,
    image: scalar(container['image']) || null,
  }))
}

const readers: [file: RegExp, read: Reader][] = [
  [/(^|\/)supervisord?[^/]*\.(conf|ini)$|(^|\/)supervisor\/[^/]+\.conf$/, supervisord],
  [/(^|\/)Procfile$/, procfile],
  [/(^|\/)(ecosystem\.config|pm2|process)\.(json|ya?ml)$/, pm2],
  [/(^|\/)fly(\.[\w-]+)?\.toml$/, fly],
  [/(^|\/)render\.ya?ml$/, render],
  [/(^|\/)railway\.(json|toml)$/, railway],
  [/(^|\/)[^/]*task[-_]?def[^/]*\.json$/i, ecs],
]

/** Configurations that are code, or of tools that are not read, by what they may say. */
const unread =
  /(^|\/)(ecosystem\.config\.[cm]?[jt]s|[^/]+\.(tf|nomad|bicep)|(cdk|sst)\.(json|config\.ts)|serverless\.ya?ml|template\.ya?ml|app\.ya?ml)$/

export interface ProcessManagers {
  found: Workload[]
  broken: Spot[]
  /** Files that may say how the server is run and are not read. */
  unread: string[]
}

/** What else keeps the server running: supervisord, pm2, Procfiles, platforms. */
export const processManagers = gatherer<ProcessManagers>({
  id: 'process-managers',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    const files = (repository?.files ?? []).filter(
      path => !/(^|\/)(node_modules|tests?|fixtures|examples?)\//.test(path),
    )
    const result: ProcessManagers = { found: [], broken: [], unread: files.filter(path => unread.test(path)) }
    for (const path of files) {
      const read = readers.find(([file]) => file.test(path))?.[1]
      const text = read ? await repository?.text(path) : null
      if (!read || !text) continue
      try {
        result.found.push(...read(path, text.slice(0, 200_000)))
      } catch (error) {
        const saw = String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? ''
        result.broken.push({ path, line: 1, saw })
      }
    }
    return result
  },
})
