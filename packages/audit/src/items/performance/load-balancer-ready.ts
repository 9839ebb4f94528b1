import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { health } from '../../gather/health.ts'
import { proxied, publicName, wholeStream, type Proxied } from '../../gather/proxied.ts'

const broken = ({ proxy, host, requests, direct, kept, redirects, stream }: Proxied): Evidence[] => {
  const refused = requests.filter(({ served }) => !served)
  const first = refused.length === requests.length || refused.length > 1 ? refused[0] : undefined
  return [
    ...(first
      ? [
          {
            at: `${first.at} through ${proxy} (Host: ${host}, X-Forwarded-Host: ${publicName}, X-Forwarded-Proto: https)`,
            saw: `${first.saw}; without the forwarded headers it is served, ${direct.saw}`,
            wanted: 'the same answer as without a proxy',
          },
        ]
      : []),
    ...(kept.answers > 0 && kept.closing === kept.answers
      ? [
          {
            at: `${kept.answers} requests on a connection that is kept`,
            saw: 'each answer says Connection: close: the proxy has to connect anew for each request',
            wanted: 'connections that stay open between requests',
          },
        ]
      : []),
    ...redirects.map(({ at, location }) => ({
      at: `${at} through ${proxy} (Host: ${host})`,
      saw: `redirects to ${location}, an address of its own that clients do not reach`,
      wanted: 'a path, or the host that the client asked for',
    })),
    ...(stream && (stream.proxied === null || stream.proxied < stream.direct * wholeStream)
      ? [
          {
            at: `tools/call ${stream.call} through ${proxy}`,
            saw: 'its progress does not arrive while it runs; without the proxy it does',
            wanted: 'events as they are written',
          },
        ]
      : []),
  ]
}

const proven = ({ proxy, host, requests, kept, stream }: Proxied): Evidence[] => [
  {
    at: `${requests.length} requests through ${proxy}`,
    saw: `all were served with Host: ${host}, X-Forwarded-Host: ${publicName} and X-Forwarded-Proto: https`,
  },
  ...(kept.answers > 0
    ? [{ at: `${kept.answers} requests on one connection`, saw: `${kept.answers - kept.closing} answers kept it` }]
    : []),
  ...(stream ? [{ at: `tools/call ${stream.call} through ${proxy}`, saw: 'progress arrived while it ran' }] : []),
]

const item: Item = {
  id: 'load-balancer-ready',
  area: 'performance',
  rows: [43],
  title: 'It works behind a reverse proxy',
  level: 'should',
  why: 'A service stands behind nginx or a load balancer: what names its own address, closes each connection or refuses forwarded headers works on a desk and not there.',
  how: 'Redirect to paths, take the public host from X-Forwarded-Host of trusted proxies or from a setting, keep connections open for longer than the proxy does, write streams through, and turn readiness false before you stop.',
  refs: [
    'https://nginx.org/en/docs/http/ngx_http_proxy_module.html',
    'https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-Host',
  ],
  applies: { profile: 'service', transport: 'http', capability: 'tools' },
  checks: [
    check({
      asks: 'Is it served through a reverse proxy as without one?',
      needs: { proxied },
      judge: ({ proxied }) => {
        const faults = broken(proxied)
        const lost = proxied.requests.find(({ served }) => !served)
        if (faults.length === 0 && lost) return unknown(`one ${lost.at} was not served: ${lost.saw}`)
        return judged(faults, proven(proxied), 'not reached')
      },
    }),
    check({
      asks: 'Does readiness turn false before it stops?',
      needs: { health },
      judge: ({ health: { ready, draining } }) => {
        if (!ready) return notApplicable('it has no readiness endpoint: health-checks tells of that')
        if (!draining || draining.statuses.length === 0)
          return notApplicable('nothing was seen of it between the signal and its end')
        const at = `${ready.path} after SIGTERM with a call in flight`
        const saw = draining.statuses.join(', then ')
        return draining.readyUntilTheEnd
          ? fail({ at, saw, wanted: 'not ready (503) while it drains, so that the balancer looks elsewhere' })
          : pass({ at, saw })
      },
    }),
  ],
}

export default item
