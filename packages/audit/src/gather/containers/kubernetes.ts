import { gatherer } from '../../core/item.ts'
import { yamlDocuments, type YamlDocument } from '../yaml-documents.ts'
import { applied, patchesOf } from './kustomize.ts'
import { isBound, scalar, scalars, tables, workload, type Probe, type Spot, type Workload } from './workload.ts'
import { table, type Table } from '../tables.ts'

type Key = string | number

/** Where the pod of each kind stands. */
const podPaths: Record<string, string[]> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Rollout: ['spec', 'template', 'spec'],
  DeploymentConfig: ['spec', 'template', 'spec'],
  Service: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}

const inside = (raw: Table, path: Key[]): Table => path.reduce<Table>((of, key) => table(of[String(key)]), raw)

const probeNames = ['livenessProbe', 'readinessProbe', 'startupProbe']

const probesOf = (container: Table, spot: (keys: Key[], saw: string) => Spot): Probe[] =>
  probeNames.flatMap((name): Probe[] => {
    const probe = table(container[name])
    const [http, exec, tcp] = [table(probe['httpGet']), table(probe['exec']), table(probe['tcpSocket'])]
    const place = spot([name], name)
    const none = { words: [], asks: null, port: null }
    if ('httpGet' in probe)
      return [
        { ...place, ...none, kind: 'http', asks: scalar(http['path']) || '/', port: scalar(http['port']) || null },
      ]
    if ('exec' in probe) return [{ ...place, ...none, kind: 'command', words: scalars(exec['command']) }]
    if ('grpc' in probe) return [{ ...place, ...none, kind: 'grpc' }]
    return 'tcpSocket' in probe ? [{ ...place, ...none, kind: 'tcp', port: scalar(tcp['port']) || null }] : []
  })

/** Limits that a namespace gives to containers that have none of their own. */
const defaultsOf = (documents: YamlDocument[]): { memory: Spot | null; cpu: Spot | null } => {
  const found: { memory: Spot | null; cpu: Spot | null } = { memory: null, cpu: null }
  for (const { path, line, raw } of documents.filter(each => each.raw['kind'] === 'LimitRange'))
    for (const limit of tables(table(raw['spec'])['limits']).filter(each => each['type'] === 'Container'))
      for (const kind of ['memory', 'cpu'] as const) {
        const value = table(limit['default'])[kind]
        if (isBound(value)) found[kind] ??= { path, line, saw: `LimitRange: ${kind} ${scalar(value)}` }
      }
  return found
}

const containersOf = (document: YamlDocument, defaults: ReturnType<typeof defaultsOf>): Workload[] => {
  const { path, raw } = document
  const kind = scalar(raw['kind'])
  const podPath = podPaths[kind]
  const isKnative = kind === 'Service' && scalar(raw['apiVersion']).startsWith('serving.knative')
  if (!podPath || (kind === 'Service' && !isKnative)) return []
  const pod = inside(raw, podPath)
  const name = scalar(table(raw['metadata'])['name'])
  const never = /^(Job|CronJob)$/.test(kind) || scalar(pod['restartPolicy']) === 'Never'
  return tables(pod['containers']).map((container, index) => {
    const at = [...podPath, 'containers', index]
    const spot = (keys: Key[], saw: string): Spot => ({ path, line: document.lineOf([...at, ...keys]), saw })
    const limits = table(table(container['resources'])['limits'])
    const limit = (what: 'memory' | 'cpu'): Spot | null =>
      isBound(limits[what])
        ? spot(['resources', 'limits', what], `limits.${what}: ${scalar(limits[what])}`)
        : defaults[what]
    return workload({
      by: 'kubernetes',
      tool: isKnative ? 'Knative' : kind,
      path,
      line: document.lineOf(at),
      group: `${kind} ${name}`,
      name: scalar(container['name']) || name,
      image: scalar(container['image']) || null,
      command: [...scalars(container['command']), ...scalars(container['args'])].join(' '),
      ports: tables(container['ports']).flatMap(each => [scalar(each['containerPort']), scalar(each['name'])]),
      memory: limit('memory'),
      cpu: limit('cpu'),
      restart: { ...spot([], never ? `${kind} that ends` : `${kind} that is kept running`), again: !never },
      probes: probesOf(container, spot),
    })
  })
}

/** The containers of every Kubernetes manifest, chart and kustomization, patches applied. */
export const kubernetes = gatherer<Workload[], { yaml: typeof yamlDocuments }>({
  id: 'kubernetes',
  impact: 'read',
  from: 'repository',
  needs: { yaml: yamlDocuments },
  gather: (_, { yaml }) => {
    const documents = yaml.documents.filter(({ raw }) => 'kind' in raw && 'apiVersion' in raw)
    const defaults = defaultsOf(documents)
    const patches = documents.flatMap(document => patchesOf(document))
    return documents.flatMap(document => containersOf(applied(document, patches), defaults)).slice(0, 500)
  },
})
