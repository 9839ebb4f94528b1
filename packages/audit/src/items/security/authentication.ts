import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { credentials, type Credentials } from '../../gather/credentials.ts'
import { isLasting, said } from '../../gather/http/beside.ts'
import { isEverywhere, isLoopback } from '../../gather/http/host-names.ts'
import { httpEntries, type HttpEntries } from '../../gather/http-entries.ts'
import { lenientEntries, type LenientEntry } from '../../gather/lenient-entries.ts'
import { oldEndpoint, type OldEndpoint } from '../../gather/old-endpoint.ts'
import { printedCredentials, type PrintedCredentials } from '../../gather/printed-credentials.ts'

/** GET and DELETE may be refused as methods (405) before anyone asks who calls. */
const isRefusal = (status: number, at: string): boolean =>
  status === 401 || (!at.startsWith('POST') && (status === 405 || status === 404))

const judge = ({ url, given, refusals, metadata }: Credentials): Verdict => {
  const open = refusals.find(({ at, served }) => served && at === 'POST without a credential')
  if (open && given.length === 0)
    return fail({
      at: url,
      saw: `${open.saw} without any credential: whoever reaches it can call its tools`,
      wanted: 'HTTP 401',
    })
  const broken = refusals
    .filter(({ status, at }) => !isRefusal(status, at))
    .map(({ at, saw }): Evidence => ({ at, saw, wanted: 'HTTP 401' }))
  const unchallenged = refusals.find(({ status, challenge }) => status === 401 && !challenge)
  if (unchallenged) broken.push({ at: unchallenged.at, saw: '401 without WWW-Authenticate', wanted: 'a challenge' })
  const right: Evidence = { at: url, saw: `the given credential (${given.join(', ')}) works` }
  const told: Evidence = metadata
    ? { at: metadata.at, saw: `protected-resource metadata with ${metadata.servers} authorization servers` }
    : { at: url, saw: 'no protected-resource metadata: clients have to know where the key comes from' }
  return judged(broken, [...refusals.map(({ at, saw }) => ({ at, saw })), right, told], 'no request could be sent')
}

/** A server that starts in a way that was not followed may serve over HTTP all the same. */
const nothingServed = ({ stdio, beside }: HttpEntries): Verdict => {
  if (!stdio) return unknown('where the server starts was not found in the source')
  const other = beside.find(one => isLasting(one) && !isLoopback(one))
  return other ? unknown(said(other)) : notApplicable('the source serves over stdio alone')
}

/** The same tools behind two doors, of which one has a lock. */
const openDoors = (endpoints: HttpEntries['endpoints']): Evidence[] => {
  const guarded = endpoints.find(({ isGuarded }) => isGuarded === true)
  // what asks for a credential stands before other routes
  if (!guarded)
    return endpoints.length > 0 && endpoints.every(({ isGuarded }) => isGuarded === false)
      ? endpoints.map(({ file, line, route }) => ({
          at: file,
          line,
          saw: `${route} serves, and what asks for a credential is not put before it`,
          wanted: 'the check before each way to the tools',
        }))
      : []
  return endpoints
    .filter(({ isGuarded }) => isGuarded === false)
    .map(({ file, line, route }) => ({
      at: file,
      line,
      saw: `${route} serves without a credential, while ${guarded.route} (${guarded.file}:${guarded.line}) refuses`,
      wanted: 'the same check before each way to the tools',
    }))
}

const lentOut = ({ by, file, line, own }: LenientEntry): Evidence => ({
  at: file,
  line,
  saw: `${by} takes the credential of the caller and lets pass who brings none: tools then use ${own.name} of the server (${own.file})`,
  wanted: 'HTTP 401 without a credential; the credential of the server over stdio alone',
})

const missing = 'HTTP 401 before anything else, for each request without a credential that was verified'

const judgeSource = (entries: HttpEntries): Verdict => {
  const { starts, addresses, guards, endpoints } = entries
  if (starts.length === 0) return nothingServed(entries)
  const checks = guards.filter(guard => guard.of === 'credential')
  const slow = checks.flatMap(({ file, line, by, fault, isTimed }): Evidence[] =>
    fault
      ? [{ at: file, line, saw: `${by}: ${fault}`, wanted: isTimed ? 'timingSafeEqual, hmac.compare_digest' : missing }]
      : [],
  )
  // where another check stands beside it, that one may refuse what it lets pass
  const isAlone = checks.every(({ hole, fault }) => hole !== undefined || fault !== null)
  const passed = isAlone
    ? checks.flatMap(({ file, line, by, hole }): Evidence[] =>
        hole === undefined ? [] : [{ at: file, line, saw: `${by}: ${hole}`, wanted: 'HTTP 401' }],
      )
    : []
  const broken = [...slow, ...passed, ...(checks.length > 0 ? openDoors(endpoints) : [])]
  const proven = checks
    .filter(({ optional }) => !optional)
    .map(({ file, line, by }) => ({ at: file, line, saw: `${by} asks for a credential` }))
  if (proven.length > 0 || broken.length > 0) return judged(broken, proven, 'not reached')
  const open = addresses.find(isEverywhere)
  const [optional] = checks
  const when = optional?.only ?? 'once one is set'
  if (optional?.unsure)
    return unknown(`${optional.by} asks for a credential only ${when}; whether that is so by default was not decided`)
  if (open)
    return fail({
      at: open.file,
      line: open.line,
      saw: `listens on ${open.host} by default, and ${optional ? `${optional.by} asks for a credential only ${when}` : 'nothing asks for a credential'}`,
      wanted: '127.0.0.1, or a credential',
    })
  if (addresses.length > 0 && addresses.every(isLoopback))
    return notApplicable('listens on loopback unless told otherwise: the machine decides who reaches it')
  if (optional)
    return unknown(
      `${optional.file}:${optional.line} asks for a credential only ${when}, and the address it listens on cannot be told`,
    )
  return unknown('nothing that asks for a credential was found, and the address it listens on cannot be told')
}

const judgePrinted = (seen: PrintedCredentials | null): Verdict => {
  if (!seen) return notApplicable('no variable that can be left out holds the credential that was given')
  const { left, refusal, printed, tried, doubt } = seen
  const at = `started without ${left.join(', ')}`
  if (refusal === null) return notApplicable(`${at}, it does not start, or serves everyone`)
  if (doubt !== null) return unknown(`${at}: whether a word of its log is a credential cannot be told by ${doubt}`)
  if (!printed) return pass({ at, saw: `${refusal} without a credential; none of ${tried} words of its log is one` })
  return fail({
    at,
    saw: `it made a credential of its own and wrote it to its log: «${printed.line}»; ${printed.masked} opens what was answered by ${refusal}`,
    wanted: 'the name of a file that its owner alone can read, or a refusal to start',
  })
}

/** Over the transport of 2024, which tells of no challenge. */
const judgeOld = (seen: OldEndpoint | null): Verdict => {
  if (!seen) return notApplicable('it does not speak the HTTP+SSE transport of 2024-11-05 alone')
  const { url, unfit } = seen
  const doubtful = unfit.find(({ served, refused }) => !served && !refused)
  const broken = unfit
    .filter(({ served }) => served)
    .map(({ at, saw }): Evidence => ({ at: `${at}, GET ${url}`, saw, wanted: 'HTTP 401' }))
  if (broken.length === 0 && doubtful) return unknown(`${doubtful.at} was neither served nor refused: ${doubtful.saw}`)
  return judged(
    broken,
    unfit.map(({ at, saw }) => ({ at, saw })),
    'no client could be tried',
  )
}

const item: Item = {
  id: 'authentication',
  area: 'security',
  rows: [30],
  title: 'Only callers with a valid credential get in',
  level: 'must',
  why: 'A tool server without authentication lends its rights to whoever reaches its port.',
  how: 'Check a credential on every request of every verb before anything else, answer 401 with WWW-Authenticate, and compare keys in constant time. Write no key to the log: what is logged is read by many.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization',
    'https://www.rfc-editor.org/rfc/rfc9728',
  ],
  applies: { profile: 'service', transport: 'http' },
  checks: [
    check({
      asks: 'Are requests without, with a wrong and with an unfit credential answered by 401, on every verb?',
      needs: { credentials },
      judge: ({ credentials }) => judge(credentials),
    }),
    check({
      asks: 'Is a credential that the server makes itself kept out of its log?',
      needs: { printedCredentials },
      judge: ({ printedCredentials }) => judgePrinted(printedCredentials),
    }),
    check({
      asks: 'Does the source ask callers for a credential, and compare it in constant time?',
      needs: { httpEntries, lenientEntries },
      judge: ({ httpEntries, lenientEntries }) =>
        lenientEntries.length > 0 ? judged(lenientEntries.map(lentOut), [], 'not reached') : judgeSource(httpEntries),
    }),
    check({
      asks: 'Does a server of the older HTTP+SSE transport refuse clients without, and with a wrong credential?',
      needs: { oldEndpoint },
      judge: ({ oldEndpoint }) => judgeOld(oldEndpoint),
    }),
  ],
}

export default item
