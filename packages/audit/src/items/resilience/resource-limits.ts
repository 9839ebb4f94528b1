import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { processLimits, type ProcessLimits } from '../../gather/containers/process-limits.ts'
import type { Workload } from '../../gather/containers/workload.ts'
import { workloads, type Workloads } from '../../gather/containers/workloads.ts'
import { dockerfiles } from '../../gather/dockerfiles.ts'
import { overload, type Burden } from '../../gather/overload.ts'
import { isPublished, published, type Published } from '../../gather/published.ts'
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

const undescribed = ({ server, unread }: Workloads, profile: string, archive: Published): Verdict => {
  if (profile === 'local' && server.length === 0)
    return notApplicable('a client starts it on the machine of its user: nothing in the repository runs it')
  const [first] = [...server.map(each => `${each.path} (${each.tool})`), ...unread]
  if (first) return unknown(`${first} runs it, and the limits it has there are not written in the repository`)
  if (isPublished(archive)) return unknown(`this is ${archive.what}; what runs the server need not be part of it`)
  return fail({
    at: '.',
    saw: 'nothing says how it is run, so nothing limits it',
    wanted: 'a Compose, Kubernetes or systemd file with limits',
  })
}

/** Where there are several ways to run it, one that is limited throughout is enough, and the others are named. */
const limitedBy = (running: Workload[], kinds: Kind[]): Verdict => {
  const ways = [...new Set(running.map(({ by }) => by))].map(way => running.filter(({ by }) => by === way))
  const isWhole = (way: Workload[]): boolean => way.every(each => kinds.every(kind => each[kind] !== null))
  const lacking = kinds.flatMap(kind => unlimited(running, kind))
  const proven = kinds.flatMap(kind => running.flatMap(each => limited(each, kind)))
  const others = lacking.map(({ at, line, saw }) => ({ at, saw, ...(line === undefined ? {} : { line }) }))
  return ways.some(isWhole)
    ? judged([], [...proven, ...others.slice(0, 6)], 'not reached')
    : judged(lacking, [], 'not reached')
}

interface Known {
  workloads: Workloads
  own: ProcessLimits
  known: { profile: string }
  published: Published
}

const judge = (kind: Kind, { workloads, own, known, published }: Known): Verdict => {
  const running = chosen(workloads)
  const image = kind === 'memory' ? own.memory.map(({ path, line, saw }) => ({ at: path, line, saw })) : []
  if (image.length > 0) return judged([], [...image, ...running.flatMap(each => limited(each, kind))], 'not reached')
  return running.length > 0 ? limitedBy(running, [kind]) : undescribed(workloads, known.profile, published)
}

const survived = ({ at, saw, met, unanswered, afterwards, serves, ended }: Burden): Evidence[] => {
  const wanted = 'an answer or a refusal, and a server that serves on'
  if (ended !== null && !serves) return [{ at, saw: `the process ended with ${ended}`, wanted }]
  if (!serves) return [{ at, saw: `deaf: the request after it met ${afterwards}`, wanted }]
  return met || unanswered > 0 ? [] : [{ at, saw, wanted }]
}

const judgeBurdens = (burdens: Burden[]): Verdict => {
  const broken = burdens.flatMap(survived)
  const open = burdens.find(({ met, unanswered }) => !met && unanswered > 0)
  if (broken.length === 0 && open) return unknown(`${open.at}: ${open.saw}; it may only be slow`)
  if (broken.length === 0 && burdens.length < 2) return unknown('no tool could be called: no argument was tried')
  return judged(
    broken,
    burdens.map(({ at, saw }) => ({ at, saw: `${saw}; it serves on` })),
    'nothing was tried',
  )
}

const isContainer = ({ by, image }: Workload): boolean => (by === 'systemd' ? image !== null : by !== 'process manager')

const item: Item = {
  id: 'resource-limits',
  area: 'resilience',
  rows: [24, 85, 86, 152],
  title: 'Limits of memory and processors',
  level: 'should',
  why: 'Without limits one leak or one expensive call takes the memory and the processors of everything else on the machine.',
  how: 'Set both where the server is run: deploy.resources.limits in Compose, resources.limits in Kubernetes, MemoryMax= and CPUQuota= in the unit of systemd, --memory and --cpus of docker run. In the server, bound the size and the depth of what it parses, and answer what is beyond with an error.',
  refs: [
    'https://docs.docker.com/engine/containers/resource_constraints/',
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    'https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html',
  ],
  checks: [
    check({
      asks: 'Is the memory limited where the server is run?',
      rows: [24, 85],
      needs: { workloads, own: processLimits, known: repositoryProfile, published },
      judge: inputs => judge('memory', inputs),
    }),
    check({
      asks: 'Are the processors limited where the server is run?',
      rows: [24, 86],
      needs: { workloads, own: processLimits, known: repositoryProfile, published },
      judge: inputs => judge('cpu', inputs),
    }),
    check({
      asks: 'Has the container limits of memory and processors?',
      rows: [152],
      needs: { workloads, dockerfiles, known: repositoryProfile, published },
      judge: ({ workloads, dockerfiles, known, published }) => {
        const containers = chosen(workloads).filter(isContainer)
        if (dockerfiles.length === 0 && containers.every(({ image }) => image === null))
          return notApplicable('no Dockerfile: it is not run in a container')
        if (containers.length > 0) return limitedBy(containers, ['memory', 'cpu'])
        const outside = workloads.server.every(each => !isContainer(each))
        return undescribed({ ...workloads, server: outside ? [] : workloads.server }, known.profile, published)
      },
    }),
    check({
      asks: 'Are a large argument, a deep one and a thousand requests at once refused or served, and never fatal?',
      rows: [24],
      needs: { overload },
      judge: ({ overload: { burdens } }) => judgeBurdens(burdens),
    }),
  ],
}

export default item
