import { check, type Item } from '../../core/item.ts'
import { judged, type Evidence } from '../../core/verdict.ts'
import { lifetimes } from '../../gather/lifetimes.ts'
import { opening } from '../../gather/startup.ts'

const item: Item = {
  id: 'clean-stdout',
  area: 'observability',
  rows: [49, 141],
  title: 'Nothing but protocol on stdout',
  level: 'must',
  why: 'Over stdio, stdout belongs to the protocol: one banner or debugging line makes clients fail or drop the server.',
  how: 'Send every log line to stderr (console.error, a logger on stderr, logging.basicConfig in Python), also in libraries and at start.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio'],
  applies: { transport: 'stdio' },
  checks: [
    check({
      asks: 'Is every line on stdout a JSON-RPC message, at start, in calls, in errors and at the end?',
      needs: { opening, lifetimes },
      judge: ({ opening, lifetimes }) => {
        const at = (when: string, lines: string[]): Evidence[] =>
          lines.map(saw => ({ at: `stdout ${when}`, saw, wanted: 'one JSON-RPC message a line' }))
        const broken = [
          ...at('before the handshake', opening.strayLines),
          ...lifetimes.flatMap(({ ending, strayLines, excesses }) => [
            ...at(`in a life ended by ${ending}`, strayLines),
            ...at(
              `in a life ended by ${ending}`,
              excesses.filter(excess => excess.includes('stdout')),
            ),
          ]),
        ]
        const distinct = [...new Map(broken.map(evidence => [evidence.saw, evidence])).values()]
        const calls = lifetimes.reduce((sum, life) => sum + life.calls + life.failures, 0)
        const saw = `only JSON-RPC in ${lifetimes.length} whole lives with ${calls} calls, misuse included`
        return judged(distinct, [{ at: 'stdout', saw }], 'no life was seen')
      },
    }),
  ],
}

export default item
