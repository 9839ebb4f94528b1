import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { bestOf, farBehind, saturation, type SaturationCurve } from '../../gather/saturation.ts'

type Step = SaturationCurve['steps'][number]

const rate = (perSecond: number): string => `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} calls/s`
const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
const ownLimit = 0.9
const tooMany = 0.1

const figures = ({ workers, load }: Step): Evidence => ({
  at: `${workers} at a time`,
  saw: `${rate(load.perSecond)}, p50 ${ms(load.latency.p50)}, p95 ${ms(load.latency.p95)}, p99 ${ms(load.latency.p99)}`,
})

const refusedShare = ({ load }: Step): number =>
  load.failures.filter(({ outcome }) => outcome === 'refused').reduce((sum, { count }) => sum + count, 0) /
  Math.max(1, load.sent)

const collapsed = ({ best, last }: { best: Step; last: Step }): boolean =>
  last.load.perSecond < best.load.perSecond * farBehind

const judge = ({ steps, knee, because, again, busy }: SaturationCurve): Verdict => {
  const [best, last] = [bestOf(steps), steps.at(-1)]
  if (!best || !last || best.load.served === 0) return unknown(`no calls were served: ${because}`)
  const curve = steps.map(figures)
  const [first = figures(best)] = curve
  const limited = steps.find(step => refusedShare(step) > tooMany)
  if (limited)
    return pass(
      {
        at: `${limited.workers} at a time`,
        saw: `${limited.load.served} calls were served, then its limit refused them`,
      },
      ...curve,
    )
  if (best.load.own.utilisation > ownLimit) return unknown('the load generator itself was at its limit')
  const behind = { best, last }
  if (collapsed(behind) && again && collapsed(again)) {
    if (busy) return unknown(busy)
    return fail(
      {
        at: `${last.workers} at a time`,
        saw: `${rate(last.load.perSecond)} and, tried again, ${rate(again.last.load.perSecond)}; with ${best.workers} at a time ${rate(best.load.perSecond)} and ${rate(again.best.load.perSecond)}`,
        wanted: 'at least two fifths of the best throughput, however many ask',
      },
      ...curve,
    )
  }
  const failing = 1 - last.load.served / Math.max(1, last.load.sent)
  if (failing > tooMany)
    return unknown(
      `with ${last.workers} at a time ${Math.round(failing * 100)} % failed: ${last.load.failures[0]?.first}`,
    )
  if (steps.length < 2) return unknown(`only ${rate(best.load.perSecond)} of one at a time could be measured`)
  const where = knee ? `the knee is at ${knee.workers} at a time: ${because}` : because
  return pass({ ...first, saw: `${first.saw}; ${where}` }, ...curve.slice(1))
}

const item: Item = {
  id: 'throughput',
  area: 'performance',
  rows: [],
  title: 'More clients at a time do not make it slower for all',
  level: 'may',
  why: 'A server whose throughput falls as more is asked of it never comes out of a rush: what it cannot answer in time is asked again.',
  how: 'Bound how much is worked on at a time and let the rest wait or be refused (429); look for locks, for work that grows with the number of open calls, and for processes that are started for each of them.',
  refs: ['https://sre.google/sre-book/addressing-cascading-failures/', 'https://www.hdrhistogram.org/'],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'How many calls a second are served by how many at a time, and does it hold when more ask?',
      needs: { saturation },
      judge: ({ saturation }) => judge(saturation),
    }),
  ],
}

export default item
