import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { fewestCalls as fewest, latencies, type Latency } from '../../gather/latencies.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`

const figures = ({ calls, p50, p95, p99, failed }: Latency): string => {
  const also = failed > 0 ? `; ${failed} more failed` : ''
  return `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)} of ${calls} calls one after the other${also}`
}

const mostShown = 20

const item: Item = {
  id: 'response-time',
  area: 'performance',
  rows: [39],
  title: 'Most calls are answered within a second',
  level: 'must',
  why: 'A model waits for every call; seconds add up over a conversation and run into the time limits of clients.',
  how: 'Measure the slow tool, cache what it fetches, ask several sources at the same time, and page long results.',
  refs: ['https://sre.google/sre-book/service-level-objectives/'],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Is the 95th percentile of each tool within the budget?',
      needs: { latencies },
      judge: ({ latencies: { tools, callable, left, budgetMs } }) => {
        if (tools.length === 0) return unknown(nothingCalled(callable))
        const counted = tools.filter(({ calls, timed }) => calls >= fewest && !timed)
        const slow = counted.filter(({ p95 }) => p95 > budgetMs)
        const rest: Evidence[] = [
          ...tools
            .filter(({ timed, calls }) => timed && calls > 0)
            .map(one => ({ at: one.tool, saw: `${figures(one)}; its caller chooses the time` })),
          ...(left > 0 ? [{ at: 'not measured', saw: `${left} tools, the time was up` }] : []),
        ]
        const figuresOf = (one: Latency): Evidence => ({ at: one.tool, saw: figures(one) })
        const proven = counted.length > 0 ? [...counted.slice(0, mostShown).map(figuresOf), ...rest] : []
        const broken = slow.map(one => ({ ...figuresOf(one), wanted: `p95 of at most ${ms(budgetMs)}` }))
        return judged(broken, proven, 'no tool gave enough answers whose time is its own')
      },
    }),
  ],
}

export default item
