import { gatherer } from '../../core/item.ts'
import { project, type Project } from '../project.ts'
import { compose } from './compose.ts'
import { dockerRuns } from './docker-run.ts'
import { kubernetes } from './kubernetes.ts'
import { processManagers } from './process-managers.ts'
import { systemd } from './systemd.ts'
import type { Spot, Workload } from './workload.ts'

export interface Workloads {
  /** What runs the server, each once with all that its files say. */
  server: Workload[]
  /** What is kept beside it: databases, collectors, proxies. */
  beside: Workload[]
  broken: Spot[]
  /** Files that may say how the server is run and are not read. */
  unread: string[]
}

/** Images that nobody builds an MCP server into. */
const infrastructure =
  /(^|\/)(postgres(ql)?|pgvector|timescaledb|redis(-stack)?|valkey|keydb|mysql|mariadb|mssql|azure-sql-edge|oracle-(xe|free)|cockroach|cassandra|scylla|clickhouse(-server)?|couchdb|couchbase(-server)?|arangodb|surrealdb|influxdb|questdb|memgraph|falkordb|dgraph|meilisearch|typesense|solr|trino|pulsar|mosquitto|mongo(db)?|rabbitmq|nats|kafka|zookeeper|elasticsearch|opensearch|kibana|logstash|filebeat|grafana|loki|promtail|tempo|alloy|mimir|prometheus|alertmanager|blackbox-exporter|node-exporter|[\w-]*exporter|cadvisor|jaeger|all-in-one|zipkin|otel[\w-]*|opentelemetry-collector[\w-]*|vector|fluent(d|-bit)|nginx|traefik|caddy|envoy|haproxy|keycloak|vault|minio|qdrant|weaviate|chroma|milvus|neo4j|memcached|ollama|vllm(-openai)?|adminer|pgadmin4?|busybox|alpine|pushgateway|sentry|inspector|neon|localstack|watchtower|certbot|dynamodb-local|aws-stepfunctions-local|elasticmq(-native)?|azurite|fake-gcs-server|moto|[\w-]*-emulator|mailhog|mailpit|cloudflared|ngrok|tailscale|etcd)([:@]|$)/i

const isInfrastructure = ({ image, context }: Workload): boolean =>
  context === null && image !== null && infrastructure.test(image) && !/^(docker\.io\/)?mcp\//.test(image)

const words = (name: string): string[] =>
  name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word.length > 2 && !/^(mcp|server|the|app|docker|service|com|org|net)$/.test(word))

/** The image's own name, without registry, owner, tag and digest. */
export const imageName = (image: string): string =>
  (image.split('@')[0] ?? '')
    .replace(/:[^/:]*$/, '')
    .split('/')
    .at(-1) ?? ''

const ownWords = ({ node, python, scope }: Project): Set<string> =>
  new Set(
    [
      scope.name ?? '',
      ...[...node, ...python].filter(each => each.directory === scope.directory).map(({ name }) => name ?? ''),
    ].flatMap(words),
  )

const has = (own: Set<string>, text: string): boolean => words(text).some(word => own.has(word))

/** How surely a workload is this server, the surest first: built here, by its image, by its name, by its command. */
const ranks = (own: Set<string>, directory: string): ((each: Workload) => boolean)[] => [
  ({ context }) => context !== null && (context === '' || context === directory || directory.startsWith(`${context}/`)),
  ({ image }) => has(own, imageName(image ?? '')),
  ({ name }) => has(own, name),
  ({ command }) => has(own, command),
  ({ by, image }) => image === null && by !== 'kubernetes' && by !== 'compose',
]

/** Compose also starts what the tests ask; what it only fetches under another name is somebody else's. */
const mayBeIt = ({ by, image, context }: Workload): boolean =>
  by !== 'docker run' && (by !== 'compose' || image === null || context !== null || /mcp/i.test(image))

/** Of each way to run it those that are surest to be it. */
const surest = (all: Workload[], own: Set<string>, directory: string): Workload[] =>
  [...new Set(all.map(({ by }) => by))].flatMap(way => {
    const same = all.filter(({ by }) => by === way)
    for (const rank of ranks(own, directory)) {
      const found = same.filter(rank)
      if (found.length > 0) return found
    }
    return []
  })

const better = <T>(first: T | null, second: T | null, isGood: (value: T) => boolean): T | null =>
  first !== null && (second === null || isGood(first) || !isGood(second)) ? first : second

/** One workload out of what several files say of it: base and override, base and overlay. */
const merged = (all: Workload[]): Workload[] => {
  const found = new Map<string, Workload>()
  for (const each of all) {
    const key = `${each.by} ${each.group} ${each.name}`
    const before = found.get(key)
    const isAny = (): boolean => true
    found.set(
      key,
      before
        ? {
            ...before,
            image: before.image ?? each.image,
            context: before.context ?? each.context,
            command: before.command || each.command,
            ports: [...before.ports, ...each.ports],
            memory: better(before.memory, each.memory, isAny),
            cpu: better(before.cpu, each.cpu, isAny),
            restart: better(before.restart, each.restart, ({ again }) => again),
            probes: before.probes.length > 0 ? before.probes : each.probes,
            logs: better(before.logs, each.logs, ({ bounded }) => bounded === true),
            faults: [...before.faults, ...each.faults],
          }
        : each,
    )
  }
  return [...found.values()]
}

/** A base comes before what is laid over it. */
const depth = ({ path }: Workload): number =>
  (/overlay|override|prod|stag|dev|local|test/i.test(path) ? 100 : 0) + path.split('/').length

/** A file that a person is to copy, or that serves development alone, says nothing about production. */
const forDevelopment = /(^|[/._-])(dev|development|devcontainer|local|test|tests|ci|e2e|examples?|inspector)([/._-]|$)/i

const isForProduction = ({ path, name }: Workload): boolean =>
  !forDevelopment.test(path) && !/[-_](dev|test)$/.test(name)

/** Everything that starts the server and keeps it running, out of all the files that say so. */
export const workloads = gatherer<
  Workloads,
  {
    compose: typeof compose
    kubernetes: typeof kubernetes
    systemd: typeof systemd
    processManagers: typeof processManagers
    dockerRuns: typeof dockerRuns
    project: typeof project
  }
>({
  id: 'workloads',
  impact: 'read',
  from: 'repository',
  needs: { compose, kubernetes, systemd, processManagers, dockerRuns, project },
  gather: (_, { compose, kubernetes, systemd, processManagers, dockerRuns, project }) => {
    const all = merged(
      [...compose, ...kubernetes, ...systemd, ...processManagers.found, ...dockerRuns].toSorted(
        (a, b) => depth(a) - depth(b),
      ),
    )
    const inProduction = all.filter(isForProduction)
    const chosen = inProduction.length > 0 ? inProduction : all
    const own = ownWords(project)
    const possible = chosen.filter(each => !isInfrastructure(each))
    const named = surest(possible, own, project.scope.directory)
    const server = named.length > 0 ? named : possible.filter(mayBeIt)
    return {
      server,
      beside: chosen.filter(each => !server.includes(each)),
      broken: processManagers.broken,
      unread: processManagers.unread,
    }
  },
})
