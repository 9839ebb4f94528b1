import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { growingBuffers } from '../../gather/growing-buffers.ts'
import { growingLists } from '../../gather/growing-lists.ts'
import { finestOf, memorySoak } from '../../gather/memory-soak.ts'

const mb = (value: number): string => `${Math.round(value)} MB`
const megabyte = 1024 * 1024

const item: Item = {
  id: 'memory-stability',
  area: 'resilience',
  rows: [21],
  title: 'Memory does not grow with the calls',
  level: 'must',
  why: 'What every call leaves behind adds up until the system ends the server, at an hour nobody chose and with all calls in flight.',
  how: 'Bound each cache, map and list that calls fill (with a number and an age), remove listeners and timers when a call is over, and compare two heap snapshots to see what stays.',
  refs: [
    'https://nodejs.org/en/learn/diagnostics/memory/using-heap-snapshot',
    'https://docs.python.org/3/library/tracemalloc.html',
  ],
  applies: { capability: 'tools' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does the resident memory stay where it is while the server is called without a pause?',
      needs: { memorySoak },
      judge: ({ memorySoak: { tools, calls, seconds, fromMb, toMb, trend, rises, lazy, inUse, ended } }) => {
        const at = `resident memory during ${calls} calls of ${tools.join(', ')} in ${Math.round(seconds)} s`
        if (ended) return unknown(`${at}: the process ended with ${ended}`)
        const { answer, because, confidence, samples, perCall, growth } = trend
        const sure = `with a confidence of ${Math.round(confidence * 100)} %, from ${samples} samples`
        if (answer === 'undecided')
          return unknown(`${at}: ${because} (${mb(fromMb)} after the warm-up, ${mb(toMb)} at the end)`)
        if (answer === 'rising' && (rises < 2 || lazy !== null))
          return unknown(`${at}: it rises, but ${lazy ?? 'it did not in the soak before'}`)
        const high = inUse ? inUse.mostPerCall : (perCall?.high ?? null)
        const finest = finestOf({ tools })
        const most = high === null ? null : Math.max(0, Math.ceil(high / 1024))
        if (answer === 'level' && (high === null || high > finest))
          return unknown(
            `${at}: level, but so few calls would not show a leak of ${Math.ceil(finest / 1024)} kB with each of them`,
          )
        const each = perCall ? `, ${Math.max(1, Math.round(perCall.estimate))} bytes with each call` : ''
        const what = inUse
          ? `what is in use after collecting garbage (${mb(inUse.fromMb)} at first, ${mb(inUse.toMb)} at the end)`
          : 'it'
        const evidence: Evidence = {
          at,
          saw:
            answer === 'level'
              ? `${mb(fromMb)} after the warm-up, ${mb(toMb)} at the end; ${what} does not rise by an amount that matters, by ${most} kB with each call at most, ${sure}`
              : `${mb(fromMb)} after the warm-up, ${mb(toMb)} at the end; it goes on rising${each}, ${mb(growth / megabyte)} in all, ${sure}`,
        }
        return answer === 'level' ? pass(evidence) : fail({ ...evidence, wanted: 'no rise after the warm-up' })
      },
    }),
    check({
      asks: 'Is what a program prints kept within bounds, where it is kept for later calls?',
      needs: { growingBuffers },
      judge: ({ growingBuffers }) => {
        const [first, ...more] = growingBuffers.map(({ what, file, line, listener }): Evidence => ({
          at: file,
          line,
          saw: `${what} takes all that a program prints (${file}:${listener}), and outlives the call; nothing bounds it`,
          wanted: 'a number of bytes after which the oldest is dropped',
        }))
        if (first) return fail(first, ...more)
        return unknown('no output is kept without a bound in the source; what grows shows under load')
      },
    }),
    check({
      asks: 'Is what events and calls add to kept within bounds?',
      needs: { growingLists },
      judge: ({ growingLists }) => {
        const [first, ...more] = growingLists.map(({ what, file, line, because }): Evidence => ({
          at: file,
          line,
          saw: `${what} grows for as long as the process lives: ${because}`,
          wanted: 'a number of entries after which the oldest is dropped',
        }))
        if (first) return fail(first, ...more)
        return unknown(
          'nothing that events or calls add to without a bound was found in the source; what grows shows under load',
        )
      },
    }),
  ],
}

export default item
