import { check, type Item } from '../../core/item.ts'
import { fail, judged, type Evidence, type Verdict } from '../../core/verdict.ts'
import { credentials, type Credentials } from '../../gather/credentials.ts'

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

const item: Item = {
  id: 'authentication',
  area: 'security',
  rows: [30],
  title: 'Only callers with a valid credential get in',
  level: 'must',
  why: 'A tool server without authentication lends its rights to whoever reaches its port.',
  how: 'Check a credential on every request of every verb before anything else, answer 401 with WWW-Authenticate, and compare keys in constant time.',
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
  ],
}

export default item
