import { check, type Item } from '../../core/item.ts'
import { judged, type Evidence } from '../../core/verdict.ts'
import { endings, grace, type Ending } from '../../gather/endings.ts'

const leftBehind = ({ how, left }: Ending): Evidence => ({
  at: `${grace / 1000} s after ${how}`,
  saw: `still running: ${left.slice(0, 3).join('; ')}${left.length > 3 ? ` and ${left.length - 3} more` : ''}`,
  wanted: 'nothing of the process tree',
})

const item: Item = {
  id: 'process-cleanup',
  area: 'resilience',
  rows: [23],
  title: 'Nothing is left when the client is gone',
  level: 'must',
  why: 'A server that outlives its client piles up: hundreds of orphans and gigabytes on one machine are common reports.',
  how: 'Exit when stdin ends and on SIGTERM, clear timers, and end child processes you started (kill their process group).',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#shutdown'],
  checks: [
    check({
      asks: 'Is the whole process tree gone after the end of input, after SIGTERM, and after the client was killed?',
      needs: { endings },
      judge: ({ endings }) => {
        const left = endings.filter(({ goneAfter }) => goneAfter === null).map(leftBehind)
        const gone = endings.map(({ how, goneAfter, processes }) => ({
          at: how,
          saw: `${processes === 1 ? 'the process was' : `all ${processes} processes were`} gone after ${Math.round(goneAfter ?? 0)} ms`,
        }))
        return judged(left, gone, 'no ending was seen')
      },
    }),
  ],
}

export default item
