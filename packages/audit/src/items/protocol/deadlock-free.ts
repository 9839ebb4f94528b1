import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { mixedLoad, type MixedLoad } from '../../gather/mixed-load.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'
import { trials } from '../../gather/trials.ts'

const loadOf = ({ sent, tools, cancelled, atOnce }: MixedLoad): string =>
  `${sent} calls to ${tools.length} tools, ${atOnce} at a time, ${cancelled} cancelled`

const faults = (load: MixedLoad): Evidence[] => {
  const lost = Object.entries(load.unanswered)
  return [
    ...(load.ended
      ? [{ at: loadOf(load), saw: `the process ended with ${load.ended}`, wanted: 'an answer to each' }]
      : []),
    ...(lost.length > 0
      ? [
          {
            at: loadOf(load),
            saw: `no answer within ${Math.round(load.limit / 1000)} s: ${lost.map(([tool, count]) => `${tool} ×${count}`).join(', ')}`,
            wanted: 'an answer to each call that was not cancelled',
          },
        ]
      : []),
    ...load.stuck.map(({ tool, saw }) => ({
      at: `tools/call ${tool}, alone after the load`,
      saw,
      wanted: 'an answer',
    })),
  ]
}

const item: Item = {
  id: 'deadlock-free',
  area: 'protocol',
  rows: [99],
  title: 'No mixture of calls brings the server to a standstill',
  level: 'must',
  why: 'Two calls that wait for each other, or a pool whose places are taken by calls that wait for another place, stand still for ever, and so do all calls after them.',
  how: 'Take locks in one order, never wait for a second place of a pool while holding one, release in finally (also when a call is cancelled), and wait for locks with a limit of time.',
  refs: [
    'https://docs.python.org/3/library/asyncio-sync.html',
    'https://github.com/DirtyHairy/async-mutex',
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/cancellation',
  ],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Is every call of a mixed parallel load answered, with cancellations among them?',
      needs: { trials, mixedLoad },
      judge: ({ trials, mixedLoad: load }) => {
        if (!load) return unknown(nothingCalled(trials.trials.length))
        const saw = `all others answered within ${(load.ms / 1000).toFixed(1)} s; each tool answered again afterwards`
        return judged(faults(load), [{ at: loadOf(load), saw }], 'not reached')
      },
    }),
  ],
}

export default item
