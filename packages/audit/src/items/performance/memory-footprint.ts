import { check, type Item } from '../../core/item.ts'
import { judged, type Evidence } from '../../core/verdict.ts'
import { memory } from '../../gather/memory.ts'

const mb = (value: number): string => `${Math.round(value)} MB`

const item: Item = {
  id: 'memory-footprint',
  area: 'performance',
  rows: [38],
  title: 'Modest memory, idle and at work',
  level: 'should',
  why: 'A desktop client keeps a copy of every configured server running; what each holds is paid many times.',
  how: 'Load large libraries and data when they are needed, keep caches bounded, and stream instead of collecting.',
  refs: ['https://nodejs.org/docs/latest-v20.x/api/process.html#processmemoryusage'],
  checks: [
    check({
      asks: 'Is the resident memory within the budget of its runtime, idle and during 200 calls?',
      needs: { memory },
      judge: ({ memory: { runtime, processes, idleMb, peakMb, calls, tools, budget } }) => {
        const count = processes === 1 ? '1 process' : `${processes} processes`
        const what = tools.length > 0 ? `${calls} calls to ${tools.length} tools` : `${calls} lists of its tools`
        const idle: Evidence = {
          at: `resident memory, idle (${runtime}, ${count})`,
          saw: mb(idleMb),
          wanted: `at most ${mb(budget.idleMb)}`,
        }
        const peak: Evidence = {
          at: `resident memory, most during ${what}`,
          saw: mb(peakMb),
          wanted: `at most ${mb(budget.peakMb)}`,
        }
        const broken = [...(idleMb > budget.idleMb ? [idle] : []), ...(peakMb > budget.peakMb ? [peak] : [])]
        return judged(broken, [idle, peak], 'not reached')
      },
    }),
  ],
}

export default item
