import { check, type Item } from '../../core/item.ts'
import { fail, notApplicable, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { awayMs, databaseReadiness, type DatabaseReadiness } from '../../gather/database-readiness.ts'
import { health } from '../../gather/health.ts'

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const judgeDatabase = (seen: DatabaseReadiness | null): Verdict => {
  if (seen === null) return notApplicable('airworthy.json names no database that it needs')
  const { path, away, unreadyAfterMs, call, failed, backAfterMs } = seen
  if (path === null) return notApplicable('it has no readiness endpoint')
  if (!failed) return unknown(`without its database ${call}: whether it needs that was not seen`)
  const lost = { at: `${path} while the database is away`, wanted: '503: calls fail meanwhile' }
  if (unreadyAfterMs === null) return fail({ ...lost, saw: `${away} for ${seconds(awayMs)}, while ${call}` })
  if (away.startsWith('no answer')) return unknown(`${path} was not answered while the database was away: ${away}`)
  const back = { at: `${path} when the database is back`, wanted: '200' }
  if (backAfterMs === null) return fail({ ...back, saw: 'still not ready after 20 s' })
  return pass(
    { ...lost, saw: `${away} after ${seconds(unreadyAfterMs)}` },
    { ...back, saw: `ready after ${seconds(backAfterMs)}` },
  )
}

const item: Item = {
  id: 'health-checks',
  area: 'observability',
  rows: [50],
  title: 'Health endpoints that tell the truth',
  level: 'must',
  why: 'Balancers and orchestrators send traffic to whatever says it is ready and restart what does not say it is alive.',
  how: 'Serve liveness (/healthz) and readiness (/readyz) without authentication, 404 elsewhere. Let readiness say 200 only when calls are served: 503 until the start is over, while what every call needs is away (ask it with a short time limit, and keep the answer for a second), and as soon as SIGTERM comes.',
  refs: ['https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/'],
  applies: { profile: 'service', transport: 'http' },
  checks: [
    check({
      asks: 'Does a health endpoint answer on its own path, and does readiness turn false while draining?',
      needs: { health },
      judge: ({ health: { live, ready, asked, elsewhere, answersAnything, draining } }) => {
        const found = live ?? ready
        if (!found) return fail({ at: asked.join(', '), saw: 'none answers 200', wanted: 'a health endpoint' })
        if (answersAnything)
          return fail({
            at: '/airworthy-no-such-path',
            saw: `${elsewhere}, as on every path: ${found.path} says nothing`,
            wanted: '404',
          })
        if (draining?.readyUntilTheEnd && ready)
          return fail({
            at: ready.path,
            saw: `${draining.statuses.join(', ')} for ${Math.round(draining.drainedMs)} ms after SIGTERM`,
            wanted: '503 while draining',
          })
        const evidence: Evidence[] = [
          ...(ready && live
            ? [
                {
                  at: ready.path,
                  saw: draining
                    ? `${ready.status}; while draining: ${draining.statuses.join(', ') || 'closed'}`
                    : ready.status,
                },
              ]
            : []),
          ...(ready ? [] : [{ at: asked.join(', '), saw: 'no separate readiness endpoint' }]),
        ]
        return pass({ at: found.path, saw: `${found.status}; an unknown path: ${elsewhere}` }, ...evidence)
      },
    }),
    check({
      asks: 'Is what comes right after the first answer that it is ready served?',
      rows: [50],
      needs: { health },
      judge: ({ health: { ready, starting } }) => {
        if (!ready) return notApplicable('it has no readiness endpoint')
        if (starting === 'running') return notApplicable('it ran already')
        if (!starting) return unknown(`${ready.path} was not seen while the server started`)
        const { path, ms, before, saw, served } = starting
        const first = { at: `${path}, ${Math.round(ms)} ms after the start`, saw: 'HTTP 200, for the first time' }
        const then = { at: 'the first message of a client, right after it', saw, wanted: 'an answer' }
        const earlier = before.length > 0 ? [{ at: `${path} before`, saw: before.join(', ') }] : []
        return served ? pass(first, then, ...earlier) : fail(first, then, ...earlier)
      },
    }),
    check({
      asks: 'Is it not ready while its database is away, and ready when that is back?',
      rows: [50],
      needs: { databaseReadiness },
      judge: ({ databaseReadiness }) => judgeDatabase(databaseReadiness),
    }),
  ],
}

export default item
