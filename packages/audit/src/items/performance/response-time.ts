import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { fewestCalls as fewest, latencies, type Latency } from '../../gather/latencies.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'
import { saturation, type SaturationCurve } from '../../gather/saturation.ts'

const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`

const figures = ({ calls, p50, p95, p99, failed }: Latency): string => {
  const also = failed > 0 ? `; ${failed} more failed` : ''
  return `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)} of ${calls} calls one after the other${also}`
}

const mostShown = 20
const ownLateMs = 100
const fewestServed = 20

/** At a fixed rate, each call timed from when it was due. */
const underLoad = ({ light: { perSecond, loads }, tools, budgetMs, busy }: SaturationCurve): Verdict => {
  const [load] = loads.toSorted((a, b) => a.latency.p95 - b.latency.p95)
  if (!load || load.served < fewestServed) return unknown(`only ${load?.served ?? 0} calls were served at a light load`)
  if (load.served < load.sent * 0.9)
    return unknown(`${load.failures[0]?.count} calls failed: ${load.failures[0]?.first}`)
  const { p50, p95, p99 } = load.latency
  const times = loads.length > 1 ? `, the better of ${loads.length} times` : ''
  const seen: Evidence = {
    at: `${Math.round(perSecond * 10) / 10} calls a second of ${tools.join(', ')}`,
    saw: `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)} from when each was due${times}`,
  }
  if (p95 <= budgetMs) return pass(seen)
  if (busy) return unknown(busy)
  if ((load.own.late?.p95 ?? 0) > ownLateMs) return unknown('the load generator itself was late')
  return fail({ ...seen, wanted: `p95 of at most ${ms(budgetMs)}` })
}

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
      judge: ({ latencies: { tools, callable, left, budgetMs, declared, busy } }) => {
        if (tools.length === 0) return unknown(nothingCalled(callable))
        const counted = tools.filter(({ calls, timed }) => calls >= fewest && !timed)
        const late = counted.filter(({ p95 }) => p95 > budgetMs)
        const slow = late.filter(({ asksOthers }) => declared || asksOthers === null)
        const [waiting] = late
        if (busy !== null && slow.length > 0 && slow.every(({ p50 }) => p50 <= budgetMs)) return unknown(busy)
        if (slow.length === 0 && waiting)
          return unknown(
            `${waiting.tool}: ${figures(waiting)}; ${waiting.asksOthers}, whose time this may be; set "budgets": { "p95Ms": … } in airworthy.json to hold it to a time`,
          )
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
    check({
      asks: 'Is it still within the budget at a light load, with calls that do not wait for each other?',
      rows: [39],
      needs: { saturation },
      judge: ({ saturation }) => underLoad(saturation),
    }),
  ],
}

export default item
