import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { librariesThatMayCallOut } from '../../gather/calls/libraries.ts'
import { attempts, type Attempts } from '../../gather/egress/attempts.ts'
import { project } from '../../gather/project.ts'
import { retryPolicies, type Attempted } from '../../gather/retry-policies.ts'

/** The other side may do it twice. */
const isDoneTwice = ({ method, hasKey }: Attempted): boolean => /^(POST|PATCH)$/.test(method ?? '') && !hasKey
/** Clients that know which methods they must not repeat. */
const isCareful = ({ policy }: Attempted): boolean =>
  /by itself$|^axios-retry$|RetryAgent|transport|HTTPAdapter/.test(policy ?? '')

const shown = ({ method, what }: Attempted): string => (method ? `${what} (${method})` : what)
const place = ({ file, line }: Attempted): Pick<Evidence, 'at' | 'line'> => ({ at: file, line })

const shownAttempts = ({ tool, request, failure, again, pauseMs, saw }: Attempts): Evidence => ({
  at: `tools/call ${tool}`,
  saw:
    again > 0
      ? `${request} was sent again ${pauseMs ?? 0} ms after ${failure}`
      : `after ${failure} ${request} was not sent again: ${saw}`,
})

/** A failure of each kind is tried; a tool that tries again after one of them has a policy. */
const judgeAttempts = (all: Attempts[]): Verdict => {
  const dangerous = all.filter(({ mayRepeat, again }) => !mayRepeat && again > 0)
  const tools = [...new Set(all.map(({ tool }) => tool))].map(name => all.filter(({ tool }) => tool === name))
  const never = tools.filter(
    of => of.length > 1 && of.every(one => one.mayRepeat && one.again === 0 && one.succeeded !== true),
  )
  const afterReset = tools.flat().find(one => one.failure === 'HTTP 503' && one.again === 0 && one.succeeded !== true)
  const vain = all.find(one => one.again > 0 && one.succeeded === false)
  const broken = [
    ...dangerous.map(one => ({
      ...shownAttempts(one),
      wanted: 'once, or with an idempotency key: it changes something',
    })),
    ...never.flat().map(one => ({ ...shownAttempts(one), wanted: 'another attempt after a pause' })),
  ]
  if (broken.length === 0 && all.length > 0 && all.every(one => !one.mayRepeat))
    return unknown('no request was seen of which it is certain that it may be repeated')
  if (broken.length === 0 && afterReset)
    return unknown(`${shownAttempts(afterReset).saw}; whether it tries again after other failures was not decided`)
  if (broken.length === 0 && vain)
    return unknown(`${shownAttempts(vain).saw}, and the call failed all the same: ${vain.saw}`)
  const again = all.filter(one => one.again > 0)
  return judged(broken, again.map(shownAttempts), 'no request of a tool was seen to fail once')
}

const item: Item = {
  id: 'retries',
  area: 'resilience',
  rows: [18],
  title: 'What may be repeated is tried again',
  level: 'should',
  why: 'A reset connection or a 503 that would be gone a second later becomes a failed tool call, and a model that gives up.',
  how: 'Try again after a time-out, a reset or a 503, a few times, with growing pauses: p-retry, got, undici RetryAgent, tenacity, stamina; repeat a POST only for a tool that changes nothing (readOnlyHint, idempotentHint) or with an idempotency key.',
  refs: [
    'https://tenacity.readthedocs.io/en/latest/',
    'https://undici.nodejs.org/#/docs/api/RetryAgent',
    'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
  ],
  checks: [
    check({
      asks: 'Is a request that may be repeated tried again when it fails for a moment?',
      needs: { retryPolicies, project },
      judge: ({ retryPolicies: { requests, files, bundled }, project }) => {
        if (files === 0)
          return unknown(
            project.unread
              ? `no reader for ${project.unread}`
              : 'no TypeScript, JavaScript or Python source of a server was read',
          )
        const libraries = librariesThatMayCallOut(project, bundled)
        if (requests.length === 0 && libraries.length > 0)
          return unknown(
            `no request was found in the source; what its libraries try again (${libraries.slice(0, 5).join(', ')}) shows in a live run only`,
          )
        if (requests.length === 0) return notApplicable(`${files} source files make no HTTP request`)
        // a method that is computed may be one that changes something
        const once = requests.filter(
          one => one.policy === null && !one.open && one.method !== null && !isDoneTwice(one),
        )
        const twice = requests.find(one => one.policy !== null && isDoneTwice(one) && !isCareful(one))
        const tried = requests.filter(one => one.policy !== null)
        const endless = tried.filter(
          (one, index) => one.endless && tried.findIndex(({ policy }) => policy === one.policy) === index,
        )
        if (once.length === 0 && endless.length === 0 && twice)
          return unknown(
            `${twice.policy} repeats ${shown(twice)} in ${twice.file}:${twice.line}; whether the other side may do it twice is not known`,
          )
        if (tried.length === 0 && once.length === 0)
          return unknown('no request was found of which it is certain that it may be repeated')
        return judged(
          [
            ...once.map(one => ({
              ...place(one),
              saw: `${shown(one)}: nothing tries it again`,
              wanted: 'a retry policy with growing pauses',
            })),
            ...endless.map(one => ({
              ...place(one),
              saw: `${shown(one)}: ${one.policy} tries again without end`,
              wanted: 'a few attempts with growing pauses',
            })),
          ],
          tried.map(one => ({ ...place(one), saw: `${shown(one)}: ${one.policy}` })),
          'not reached',
        )
      },
    }),
    check({
      asks: 'Does a tool call succeed when the first request to an upstream gets 503 or a reset?',
      needs: { attempts },
      judge: ({ attempts: all }) => judgeAttempts(all),
    }),
  ],
}

export default item
