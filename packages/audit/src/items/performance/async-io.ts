import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { eventLoop, type BlockingCall } from '../../gather/event-loop.ts'
import { isHeld, loopReaction, shortest, type LoopReaction } from '../../gather/loop-reaction.ts'
import { project } from '../../gather/project.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'
import { trials } from '../../gather/trials.ts'

const held = ({ what, file, line, handler, way }: BlockingCall): Evidence => ({
  at: file,
  line,
  saw: `${what} holds the event loop while ${handler} runs${way.length > 0 ? `, by way of ${way.slice(0, 6).join(', ')}` : ''}`,
  wanted: 'the asynchronous call of the same kind, or a thread of its own',
})

const whole = (ms: number[]): string => ms.map(Math.round).join(', ')

const waiting = ({ tool, took, trivial, alone, during }: LoopReaction): Evidence => ({
  at: `${trivial} while tools/call ${tool} runs`,
  saw: `answered after ${whole(during)} ms, when the call that took ${whole(took)} ms was nearly over; ${Math.round(alone)} ms without it`,
  wanted: 'an answer within 100 ms',
})

const serving = ({ tool, took, trivial, during }: LoopReaction): Evidence => ({
  at: `${trivial} while tools/call ${tool} runs`,
  saw: `answered after ${whole(during)} ms; the call took ${whole(took)} ms`,
})

const item: Item = {
  id: 'async-io',
  area: 'performance',
  rows: [35, 80, 82, 147],
  title: 'I/O that does not hold the event loop',
  level: 'must',
  why: 'While one call waits for a disk, a process or another machine on the event loop, nobody else gets an answer, not even to a ping.',
  how: 'In handlers use what can be awaited: node:fs/promises, promisify(execFile), httpx.AsyncClient, asyncio.create_subprocess_exec, asyncio.sleep; give the rest to asyncio.to_thread or a worker thread.',
  refs: [
    'https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop',
    'https://docs.python.org/3/library/asyncio-dev.html#running-blocking-code',
    'https://docs.astral.sh/ruff/rules/#flake8-async-async',
  ],
  // One slow call that waits well says nothing of the handlers that were not slow here.
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does no handler, and nothing that it calls, block the event loop?',
      needs: { eventLoop, project },
      judge: ({ eventLoop: { handlers, inThreads, somewhere, functions, blocking, open, cut, unread }, project }) => {
        if (handlers + inThreads + somewhere === 0)
          return unknown(
            project.unread ? `no reader for ${project.unread}` : 'no handler of a request was found in the source',
          )
        const [first] = open
        if (blocking.length === 0 && first)
          return unknown(
            `${first.handler} calls ${first.what} in ${first.file}:${first.line}; whether a plain function runs in a thread depends on the version of the framework`,
          )
        if (blocking.length === 0 && unread !== null) return unknown(unread)
        if (blocking.length === 0 && cut) return unknown('the handlers reach more functions than were followed')
        const threads = inThreads > 0 ? `; ${inThreads} handlers run in threads of their own` : ''
        const others = somewhere > 0 ? `; ${somewhere} plain handlers make none either, wherever they run` : ''
        const saw = `${handlers} handlers, ${functions.size} functions on the event loop: no blocking call${threads}${others}`
        return judged(blocking.map(held), [{ at: 'handlers', saw }], 'not reached')
      },
    }),
    check({
      asks: 'Is a request that needs no work answered while a slow call runs?',
      applies: { capability: 'tools' },
      needs: { trials, loopReaction },
      judge: ({ trials, loopReaction }) => {
        if (trials.good.length === 0) return unknown(nothingCalled(trials.trials.length))
        const [first] = loopReaction
        const otherwise = first
          ? `the machine was too busy to tell: ${waiting(first).saw}`
          : `no call takes ${shortest} ms: give arguments of a slow one as "samples" in airworthy.json`
        return judged(
          loopReaction.filter(isHeld).map(waiting),
          loopReaction.filter(({ served }) => served).map(serving),
          otherwise,
        )
      },
    }),
  ],
}

export default item
