import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { unreadAnswers } from '../../gather/unread-answers.ts'

const mb = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`

/** Shares of the bytes that nobody read, by which the memory rose. */
const rising = 0.5
const level = 0.25
/** Asked for and not read; less may be lost in what the memory of a process wanders by. */
const fewestBytes = 16 * 1024 * 1024

const item: Item = {
  id: 'backpressure',
  area: 'resilience',
  rows: [],
  title: 'Answers that nobody reads do not fill the memory',
  level: 'should',
  why: 'A client that hangs, or reads more slowly than it asks, makes a server that takes every request hold every answer, until the system ends it.',
  how: 'Take no further requests while the answers do not leave: heed the result of write() and wait for drain, await each write, and bound the queues between reading and writing.',
  refs: [
    'https://nodejs.org/en/learn/modules/backpressuring-in-streams',
    'https://anyio.readthedocs.io/en/stable/streams.html',
  ],
  applies: { transport: 'stdio', capability: 'tools' },
  checks: [
    check({
      asks: 'Does the memory stay where it is while a client asks on and reads no answer?',
      needs: { unreadAnswers },
      judge: ({ unreadAnswers: seen }) => {
        const { request, answerBytes, sent, taken, stalled, rests, readBytes, unreadBytes, serves, ended } = seen
        const at = `${sent} × ${request} whose answers of ${answerBytes} bytes nobody read`
        if (ended !== null) return unknown(`${at}: the process ended with ${ended}`)
        const rise = Math.max(0, unreadBytes - readBytes)
        const share = rise / (taken * answerBytes)
        const memory = `the resident memory rose by ${mb(rise)}, from ${mb(readBytes)} after as much work with a client that reads`
        if (!serves) return unknown(`${at}: ${memory}; afterwards it did not answer in time`)
        const held: Evidence = { at, saw: `${taken} were taken; ${memory}` }
        if (stalled) return pass({ at, saw: `it took no more after ${taken}; ${memory}` })
        if (taken * answerBytes < fewestBytes)
          return unknown(`${at}: only ${taken} were taken in time, too few to tell`)
        if (share >= rising)
          return fail({ ...held, wanted: 'no further requests are taken while the answers do not leave' })
        if (!rests) return unknown(`${at}: ${memory}; it still worked when the time was up`)
        return share <= level ? pass(held) : unknown(`${at}: ${memory}, neither much nor little`)
      },
    }),
  ],
}

export default item
