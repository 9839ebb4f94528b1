import { check, type Item } from '../../core/item.ts'
import { fail, pass, type Evidence } from '../../core/verdict.ts'
import { health } from '../../gather/health.ts'

const item: Item = {
  id: 'health-checks',
  area: 'observability',
  rows: [50],
  title: 'Health endpoints that tell the truth',
  level: 'must',
  why: 'Balancers and orchestrators send traffic to whatever says it is ready and restart what does not say it is alive.',
  how: 'Serve liveness (/healthz) and readiness (/readyz) without authentication, 404 elsewhere, and let readiness turn 503 as soon as SIGTERM comes.',
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
  ],
}

export default item
