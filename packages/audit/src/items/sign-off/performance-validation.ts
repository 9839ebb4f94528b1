import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { declaredBudgets } from '../../gather/declared-budgets.ts'
import { fewestCalls as fewest, latencies } from '../../gather/latencies.ts'
import { memory } from '../../gather/memory.ts'
import { opening } from '../../gather/startup.ts'

interface Figure {
  name: string
  unit: 'ms' | 'MB'
  /** Null when it could not be measured. */
  measured: number | null
  budget: number | undefined
}

const shown = ({ name, unit, measured, budget }: Figure): Evidence => ({
  at: name,
  saw: `${Math.round(measured ?? 0)} ${unit}`,
  wanted: `at most ${budget} ${unit}, the budget in airworthy.json`,
})

const item: Item = {
  id: 'performance-validation',
  area: 'sign-off',
  rows: [162],
  title: 'The budgets that were set are met',
  level: 'should',
  why: 'What is fast enough is a decision of its owners; without figures in writing nobody notices that they are no longer met.',
  how: 'Write what you promise as "budgets" in airworthy.json (startupMs, p95Ms, idleMb, peakMb) and run the audit in CI; profile whatever exceeds its figure.',
  refs: ['https://sre.google/sre-book/service-level-objectives/'],
  checks: [
    check({
      asks: 'Were the budgets in airworthy.json met in this run?',
      needs: { declaredBudgets, opening, latencies, memory },
      judge: ({ declaredBudgets: budgets, opening, latencies, memory }) => {
        const counted = latencies.tools.filter(({ timed, calls }) => !timed && calls >= fewest)
        const [slowest] = counted.toSorted((a, b) => b.p95 - a.p95)
        const isMachine = latencies.busy !== null && slowest !== undefined && slowest.p50 <= latencies.budgetMs
        const all: Figure[] = [
          { name: 'start to handshake', unit: 'ms', measured: opening.ms, budget: budgets.startupMs },
          {
            name: slowest ? `p95 of ${slowest.tool}` : 'p95',
            unit: 'ms',
            measured: isMachine ? null : (slowest?.p95 ?? null),
            budget: budgets.p95Ms,
          },
          { name: 'resident memory, idle', unit: 'MB', measured: memory.idleMb, budget: budgets.idleMb },
          { name: 'resident memory at work', unit: 'MB', measured: memory.peakMb, budget: budgets.peakMb },
        ]
        const set = all.filter(({ budget }) => budget !== undefined)
        const exceeded = set.filter(({ measured, budget }) => (measured ?? 0) > (budget ?? Infinity))
        const open = set.find(({ measured }) => measured === null)
        if (exceeded.length === 0 && open) return unknown(`no tool was called often enough to tell its ${open.name}`)
        return judged(
          exceeded.map(shown),
          set.map(shown),
          'no budget is set: write startupMs, p95Ms, idleMb or peakMb into "budgets" of airworthy.json',
        )
      },
    }),
  ],
}

export default item
