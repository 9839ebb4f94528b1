import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { burst, type Burst } from '../../gather/burst.ts'

/** Served without a refusal they show that there is no limit worth the name. */
const enough = 300
/** Served per second without a refusal: a slower server is its own limit, and shows nothing of one. */
const fastEnough = 30

/** A bucket refills while the client reconnects; one that is full again was thrown away with the connection. */
const wasReset = ({ servedAnew, servedBefore }: Burst): boolean =>
  servedAnew !== null && servedBefore >= 20 && servedAnew >= servedBefore * 0.8

const judge = (seen: Burst): Verdict => {
  const { request, sent, seconds, servedBefore, refusal, retryTold, refusedBefore, servedAnew, otherServed } = seen
  const at = `${sent} × ${request} in ${seconds.toFixed(1)} s`
  if (refusal === null && servedBefore < enough)
    return unknown(`only ${servedBefore} of ${at} were served: too few to be a burst`)
  if (refusal === null && servedBefore < fastEnough * seconds)
    return unknown(`${servedBefore} of ${at} were served: too slowly to be a burst`)
  if (refusal === null)
    return fail({
      at,
      saw: `${servedBefore} were served, none was refused`,
      wanted: 'refusals (HTTP 429) above a limit',
    })
  const broken: Evidence[] = [
    ...(refusedBefore > 0
      ? [{ at: '3 requests before the burst', saw: `${refusedBefore} refused`, wanted: 'served' }]
      : []),
    ...(wasReset(seen)
      ? [
          {
            at: 'a new connection',
            saw: `${servedAnew} more served at once: reconnecting resets the limit`,
            wanted: 'a limit per caller',
          },
        ]
      : []),
    ...(otherServed === false
      ? [{ at: 'another caller', saw: 'refused because of the burst of the first', wanted: 'a limit per caller' }]
      : []),
  ]
  if (broken[0]) return fail(broken[0], ...broken.slice(1))
  const retry = retryTold ? 'with a time to come again' : 'without a time to come again'
  const anew = servedAnew === null ? '' : `; on a new connection ${servedAnew} of ${servedBefore} were served`
  return pass({ at, saw: `${servedBefore} served, then ${refusal} ${retry}${anew}` })
}

const item: Item = {
  id: 'rate-limiting',
  area: 'security',
  rows: [31, 88],
  title: 'A burst is limited, caller by caller',
  level: 'must',
  why: 'One looping agent can take a server and its upstream quota away from everyone else.',
  how: 'Limit requests by principal (not by connection or session), answer 429 with Retry-After, and keep the count where all instances see it.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/server/tools#security-considerations',
    'https://www.rfc-editor.org/rfc/rfc6585#section-4',
  ],
  applies: { profile: 'service', transport: 'http' },
  checks: [
    check({
      asks: 'Is a burst refused above a limit that reconnecting does not reset?',
      needs: { burst },
      judge: ({ burst }) => judge(burst),
    }),
  ],
}

export default item
