import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown } from '../../core/verdict.ts'
import { outgoingCalls } from '../../gather/egress/outgoing.ts'

const item: Item = {
  id: 'token-confinement',
  area: 'security',
  rows: [],
  title: 'The token of a caller goes no further',
  level: 'must',
  why: 'An upstream that is handed the token of a caller can use it here, and the log of who did what is worth nothing there; the specification forbids it.',
  how: 'Authenticate at each upstream with a credential of the server, or exchange the token (RFC 8693) for one that is meant for that upstream. Copy no headers of the incoming request.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/security_best_practices#token-passthrough',
    'https://www.rfc-editor.org/rfc/rfc8693',
  ],
  applies: { capability: 'tools', transport: 'http' },
  checks: [
    check({
      asks: 'Is the credential of the caller in nothing that the server asks of others?',
      needs: { outgoingCalls },
      judge: ({ outgoingCalls: { going, requests, watched, nothing } }) => {
        if (nothing !== null) return unknown(nothing)
        if (!watched) return unknown('no Authorization header is sent: "headers" in airworthy.json gives one')
        const [first, ...more] = requests.flatMap(({ method, host, carried }) =>
          carried.slice(0, 1).map(({ where }) => ({
            at: `${method} ${host}`,
            saw: `the credential of the caller, in its ${where}`,
            wanted: 'a credential of the server',
          })),
        )
        if (first) return fail(first, ...more.slice(0, 9))
        const tools = going.map(({ tool }) => tool.name).join(', ')
        return pass({
          at: `tools/call ${tools}`.slice(0, 200),
          saw: `${requests.length} requests to others, none with the credential of the caller`,
        })
      },
    }),
  ],
}

export default item
