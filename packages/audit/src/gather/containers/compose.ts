import { gatherer } from '../../core/item.ts'
import { folder } from '../shell.ts'
import { yamlDocuments, type YamlDocument } from '../yaml-documents.ts'
import { isBound, scalar, scalars, workload, type Probe, type Spot, type Workload } from './workload.ts'
import { table, type Table } from '../tables.ts'

const isCompose = ({ path, raw }: YamlDocument): boolean =>
  'services' in raw &&
  !('apiVersion' in raw) &&
  (/compose[^/]*\.ya?ml$/i.test(path) || Object.values(table(raw['services'])).some(each => isService(table(each))))

const isService = (service: Table): boolean => 'image' in service || 'build' in service

/** What a service has with all that it extends in the same file; the nearest wins. */
const extended = (name: string, services: Table, seen: string[] = []): Table => {
  const own = table(services[name])
  const from = table(own['extends'])
  const parent = scalar(own['extends']) || (from['file'] === undefined ? scalar(from['service']) : '')
  if (parent === '' || seen.includes(parent) || seen.length > 10) return own
  return { ...extended(parent, services, [...seen, name]), ...own }
}

/** `CMD`, `CMD-SHELL` and plain text are the three ways to write the test of a health check. */
const probeOf = (test: unknown, spot: Spot): Probe[] => {
  const list = scalars(test)
  const [head = '', ...rest] = list
  const words = Array.isArray(test) && /^CMD(-SHELL)?$/.test(head) ? rest : list
  if (words.length === 0 || head === 'NONE') return []
  return [{ ...spot, kind: 'command', words, asks: null, port: null }]
}

/** The folder that a service is built from; null when it is not built. What is computed is taken for the root. */
const contextOf = (service: Table, path: string): string | null => {
  if (service['build'] === undefined) return null
  const written = scalar(service['build']) || scalar(table(service['build'])['context']) || '.'
  return folder(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '', written) ?? ''
}

/** Services that others wait for until they have ended, and those that only a profile starts, do not serve. */
const isServing = (name: string, services: Table): boolean =>
  !('profiles' in table(services[name])) &&
  !Object.values(services).some(
    each => scalar(table(table(table(each)['depends_on'])[name])['condition']) === 'service_completed_successfully',
  )

const drivers: Record<string, (options: Table) => boolean | null> = {
  'json-file': options => isBound(options['max-size']),
  local: () => true,
  journald: () => true,
  none: () => true,
}

const serviceOf = (name: string, document: YamlDocument): Workload => {
  const { path, raw } = document
  const service = extended(name, table(raw['services']))
  const spot = (keys: string[], saw: string): Spot => ({
    path,
    line: document.lineOf(['services', name, ...keys]),
    saw,
  })
  const deploy = table(service['deploy'])
  const limits = table(table(deploy['resources'])['limits'])
  const limit = (long: unknown, short: unknown, keys: [string, string]): Spot | null => {
    if (isBound(long)) return spot(['deploy', 'resources', 'limits', keys[0]], `${keys[0]}: ${scalar(long)}`)
    return isBound(short) ? spot([keys[1]], `${keys[1]}: ${scalar(short)}`) : null
  }
  const policy = scalar(table(deploy['restart_policy'])['condition'] ?? (deploy['restart_policy'] ? 'any' : ''))
  const restart = scalar(service['restart'] === false ? 'no' : service['restart'])
  const logging = table(service['logging'])
  const driver = scalar(logging['driver']) || 'json-file'
  const isPlain = service['logging'] === undefined
  const health = table(service['healthcheck'])
  return workload({
    by: 'compose',
    tool: 'compose',
    path,
    line: document.lineOf(['services', name]),
    group: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
    name,
    image: scalar(service['image']) || null,
    context: contextOf(service, path),
    command: scalars(service['command']).join(' '),
    ports: scalars(service['ports']).map(each => each.split(':').at(-1) ?? ''),
    memory: limit(limits['memory'], service['mem_limit'], ['memory', 'mem_limit']),
    cpu: limit(limits['cpus'], service['cpus'] ?? service['cpu_quota'], ['cpus', 'cpus']),
    restart: policy
      ? { ...spot(['deploy', 'restart_policy'], `restart_policy: ${policy}`), again: policy !== 'none' }
      : restart
        ? { ...spot(['restart'], `restart: ${restart}`), again: /^(always|unless-stopped|on-failure)/.test(restart) }
        : null,
    probes: health['disable'] === true ? [] : probeOf(health['test'], spot(['healthcheck'], 'healthcheck')),
    logs: {
      ...spot(
        isPlain ? [] : ['logging'],
        isPlain ? 'no logging options: json-file without max-size' : `logging: ${driver}`,
      ),
      // other drivers send the lines away
      bounded: (drivers[driver] ?? (() => true))(table(logging['options'])),
      toFile: false,
    },
  })
}

/** The services of every Compose file. */
export const compose = gatherer<Workload[], { yaml: typeof yamlDocuments }>({
  id: 'compose',
  impact: 'read',
  from: 'repository',
  needs: { yaml: yamlDocuments },
  gather: (_, { yaml }) =>
    yaml.documents.filter(isCompose).flatMap(document =>
      Object.keys(table(document.raw['services']))
        .filter(name => isServing(name, table(document.raw['services'])))
        .slice(0, 200)
        .map(name => serviceOf(name, document)),
    ),
})
