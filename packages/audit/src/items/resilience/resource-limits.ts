import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { processLimits, type ProcessLimits } from '../../gather/containers/process-limits.ts'
import type { Workload } from '../../gather/containers/workload.ts'
import { workloads, type Workloads } from '../../gather/containers/workloads.ts'
import { dockerfiles } from '../../gather/dockerfiles.ts'
import { repositoryProfile } from '../../gather/repository-profile.ts'

type Kind = 'memory' | 'cpu'

const wanted: Record<Kind, string> = {
  memory: 'a limit: mem_limit or deploy.resources.limits.memory, limits.memory, MemoryMax=, --memory',
  cpu: 'a limit: cpus or deploy.resources.limits.cpus, limits.cpu, CPUQuota=, --cpus',
}

const title = ({ tool, name }: Workload): string => `${tool} ${name}`

const limited = (each: Workload, kind: Kind): Evidence[] => {
  const limit = each[kind]
  return limit ? [{ at: limit.path, line: limit.line, saw: `${title(each)}: ${limit.saw}` }] : []
}

const unlimited = (all: Workload[], kind: Kind): Evidence[] =>
  all
    .filter(each => each[kind] === null)
    .map(each => ({ at: each.path, line: each.line, saw: `${title(each)}: no limit of ${kind}`, wanted: wanted[kind] }))

/** A platform that gives no size, such as a Procfile, limits by the plan that is paid for. */
const decides = ({ by, memory, cpu }: Workload): boolean =>
  !((by === 'platform' || by === 'process manager') && memory === null && cpu === null)

/** `docker run` in a document counts when nothing else runs it. */
const chosen = ({ server }: Workloads): Workload[] => {
  const kept = server.filter(({ by }) => by !== 'docker run')
  return (kept.length > 0 ? kept : server).filter(decides)
}

const undescribed = ({ server, unread }: Workloads, profile: string): Verdict => {
  if (profile === 'local' && server.length === 0)
    return notApplicable('a client starts it on the machine of its user: nothing in the repository runs it')
  const [first] = [...server.map(each => `${each.path} (${each.tool})`), ...unread]
  if (first) return unknown(`${first} runs it, and the limits it has there are not written in the repository`)
  return fail({
    at: '.',
    saw: 'nothing says how it is run, so nothing limits it',
    wanted: 'a Compose, Kubernetes or systemd file with limits',
  })
}

const judge = (kind: Kind, all: Workloads, own: ProcessLimits, profile: string): Verdict => {
  const running = chosen(all)
  const image = kind === 'memory' ? own.memory.map(({ path, line, saw }) => ({ at: path, line, saw })) : []
  if (running.length === 0) return image.length > 0 ? judged([], image, 'not reached') : undescribed(all, profile)
  const proven = [...running.flatMap(each => limited(each, kind)), ...image]
  return judged(image.length > 0 ? [] : unlimited(running, kind), proven, 'not reached')
}

const item: Item = {
  id: 'resource-limits',
  area: 'resilience',
  rows: [24, 85, 86, 152],
  title: 'Limits of memory and processors',
  level: 'should',
  why: 'Without limits one leak or one expensive call takes the memory and the processors of everything else on the machine.',
  how: 'Set both where the server is run: deploy.resources.limits in Compose, resources.limits in Kubernetes, MemoryMax= and CPUQuota= in the unit of systemd, --memory and --cpus of docker run.',
  refs: [
    'https://docs.docker.com/engine/containers/resource_constraints/',
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    'https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html',
  ],
  checks: [
    check({
      asks: 'Is the memory limited where the server is run?',
      rows: [24, 85],
      needs: { workloads, own: processLimits, known: repositoryProfile },
      judge: ({ workloads, own, known }) => judge('memory', workloads, own, known.profile),
    }),
    check({
      asks: 'Are the processors limited where the server is run?',
      rows: [24, 86],
      needs: { workloads, own: processLimits, known: repositoryProfile },
      judge: ({ workloads, own, known }) => judge('cpu', workloads, own, known.profile),
    }),
    check({
      asks: 'Has the container limits of memory and processors?',
      rows: [152],
      needs: { workloads, dockerfiles },
      judge: ({ workloads, dockerfiles }) => {
        const containers = chosen(workloads).filter(
          ({ by, image, builds }) => by !== 'systemd' || image !== null || builds,
        )
        if (dockerfiles.length === 0 && containers.every(({ image }) => image === null))
          return notApplicable('no Dockerfile: it is not run in a container')
        const [first] = [...containers, ...workloads.server]
        if (containers.length === 0) {
          if (first && first.by !== 'systemd')
            return unknown(`${first.path} (${first.tool}) runs it, and its limits are not written in the repository`)
          if (workloads.unread[0]) return unknown(`${workloads.unread[0]} may run the container, and is not read`)
          return fail({
            at: dockerfiles[0]?.path ?? '.',
            saw: 'no file runs the container with limits',
            wanted: `${wanted.memory}; ${wanted.cpu}`,
          })
        }
        const kinds = ['memory', 'cpu'] as const
        return judged(
          kinds.flatMap(kind => unlimited(containers, kind)),
          kinds.flatMap(kind => containers.flatMap(each => limited(each, kind))),
          'not reached',
        )
      },
    }),
  ],
}

export default item
