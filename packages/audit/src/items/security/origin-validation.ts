import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { origins, type OriginProbe } from '../../gather/origins.ts'

const judgeProbes = (probes: OriginProbe[], wanted: string): Verdict => {
  const served = probes
    .filter(probe => probe.served)
    .map(({ at, status }) => ({ at, saw: `served, ${status}`, wanted }))
  const open = probes.find(probe => !probe.served && !probe.refused)
  if (served.length === 0 && open) return unknown(`${open.at} was neither served nor refused: ${open.status}`)
  return judged(
    served,
    probes.map(({ at, status }): Evidence => ({ at, saw: status })),
    'no request could be sent',
  )
}

const item: Item = {
  id: 'origin-validation',
  area: 'security',
  rows: [],
  title: 'Foreign web pages cannot reach it',
  level: 'must',
  why: 'Any page a user opens can send requests to a server on their machine, and by DNS rebinding read the answers.',
  how: 'Refuse requests whose Origin is not on your list with 403, refuse foreign Host names, and listen on 127.0.0.1 unless callers authenticate.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning',
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/security_best_practices',
  ],
  applies: { transport: 'http' },
  combine: 'all',
  checks: [
    check({
      asks: 'Is a foreign Origin refused, on every verb?',
      needs: { origins },
      judge: ({ origins: { origins } }) => judgeProbes(origins, 'HTTP 403'),
    }),
    check({
      asks: 'Is a foreign Host refused by a server on this machine?',
      needs: { origins },
      judge: ({ origins: { hosts, loopback, url } }) =>
        loopback
          ? judgeProbes(hosts, 'a refusal (403 or 421)')
          : notApplicable(`${url} is not on this machine: names are its proxy's matter`),
    }),
    check({
      asks: 'Does it listen on loopback alone, or else ask for credentials?',
      needs: { origins },
      judge: ({ origins: { outside, url } }) => {
        if (!outside) return notApplicable('there is no other address of this machine to try')
        const at = `${outside.address}:${new URL(url).port}`
        if (!outside.reachable) return pass({ at, saw: 'takes no connection: it listens on loopback alone' })
        return outside.withoutCredentials
          ? fail({
              at,
              saw: 'takes connections from other machines and serves without credentials',
              wanted: '127.0.0.1',
            })
          : pass({ at, saw: 'takes connections, and asks for credentials' })
      },
    }),
  ],
}

export default item
