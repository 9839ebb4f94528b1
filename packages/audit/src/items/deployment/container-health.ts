import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { healthProbes, type HealthProbe, type HealthProbes } from '../../gather/containers/health-probes.ts'

const wanted = 'HEALTHCHECK or a probe that asks the server’s own health path and fails when it says no'

/** `wrong` never holds, `weak` says less than it should, `open` cannot be decided. */
interface Finding {
  is: 'wrong' | 'weak' | 'open' | 'good'
  saw: string
}

const healthy = /health|live|ready|alive|ping|status|heartbeat|\bup$/i
const notHealth = /^\/(mcp|sse|messages?|metrics|rpc)\b/

const pathFinding = (path: string, { paths, read }: HealthProbes): Finding => {
  const known = paths.find(each => each.path === path || (each.path.length > 1 && path.endsWith(each.path)))
  const health = paths.find(each => healthy.test(each.path) && !notHealth.test(each.path))
  const place = (each: HealthProbes['paths'][number]): string => `${each.path} (${each.file}:${each.line})`
  if (known && (healthy.test(path) || (!health && !notHealth.test(path))))
    return { is: 'good', saw: `asks ${place(known)}` }
  if (known) return { is: 'weak', saw: `asks ${path}, which is no health path` }
  if (health && read) return { is: 'wrong', saw: `asks ${path}, but the server has ${place(health)}` }
  return { is: 'open', saw: `asks ${path}, which was not found in the code` }
}

const finding = ({ asked, ports }: HealthProbe, probes: HealthProbes): Finding => {
  const { what, path, port, ignoresStatus, saw } = asked
  if (what === 'grpc') return { is: 'good', saw: 'the health protocol of gRPC' }
  if (what === 'tcp') return { is: 'weak', saw: `${saw}: says only that a port is open` }
  if (what === 'nothing') return { is: 'weak', saw: `${saw}: says nothing about the server` }
  if (what === 'unread' || path === null) return { is: 'open', saw: `runs ${saw}, which is not read` }
  const isNumber = port !== null && /^\d+$/.test(port)
  if (isNumber && ports.some(each => /^\d+$/.test(each)) && !ports.includes(port))
    return { is: 'wrong', saw: `asks port ${port}, but the server listens on ${[...new Set(ports)].join(', ')}` }
  const found = pathFinding(path, probes)
  return found.is === 'good' && ignoresStatus ? { is: 'weak', saw: `${saw}: an answer such as 503 passes` } : found
}

const item: Item = {
  id: 'container-health',
  area: 'deployment',
  rows: [153],
  title: 'A container that says whether it is well',
  level: 'should',
  why: 'A process that hangs is still a process: without a probe that asks it, traffic goes to it until a person notices.',
  how: 'Add HEALTHCHECK CMD with a request to the health path that fails on any other status (`curl -f`, or fetch and `process.exit(r.ok ? 0 : 1)`), or a livenessProbe and a readinessProbe with httpGet.',
  refs: [
    'https://docs.docker.com/reference/dockerfile/#healthcheck',
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  ],
  checks: [
    check({
      asks: 'Does a probe of the container ask the health path of the server?',
      needs: { health: healthProbes },
      judge: ({ health }) => {
        const { image, probes, serves, disabled } = health
        if (!image) return notApplicable('no Dockerfile that builds an image')
        const line = image.chain[0].line
        if (serves === null && probes.length === 0)
          return notApplicable(`nothing in ${image.file.path} opens a port: over stdio the client sees when it ends`)
        if (probes.length === 0)
          return fail({
            at: image.file.path,
            line: disabled ?? line,
            saw: `${disabled ? 'HEALTHCHECK NONE' : 'no HEALTHCHECK'} and no probe; ${serves ?? ''}`,
            wanted,
          })
        const all = probes.map(probe => ({ ...finding(probe, health), probe }))
        const of = (is: Finding['is']): Evidence[] =>
          all
            .filter(each => each.is === is)
            .map(({ saw, probe }) => ({ at: probe.path, line: probe.line, saw: `${probe.by} ${saw}` }))
        const [open] = of('open')
        const broken = [...of('wrong'), ...(of('good').length > 0 || open ? [] : of('weak'))].map(each => ({
          ...each,
          wanted,
        }))
        if (broken.length === 0 && of('good').length === 0 && open)
          return unknown(`${open.at}:${open.line} ${open.saw}`)
        return judged(broken, of('good'), 'not reached')
      },
    }),
  ],
}

export default item
