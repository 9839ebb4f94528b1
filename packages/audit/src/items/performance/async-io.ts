import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { eventLoop, type BlockingCall } from '../../gather/event-loop.ts'
import { project } from '../../gather/project.ts'

const held = ({ what, file, line, handler, way }: BlockingCall): Evidence => ({
  at: file,
  line,
  saw: `${what} holds the event loop while ${handler} runs${way.length > 0 ? `, by way of ${way.slice(0, 6).join(', ')}` : ''}`,
  wanted: 'the asynchronous call of the same kind, or a thread of its own',
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
  checks: [
    check({
      asks: 'Does no handler, and nothing that it calls, block the event loop?',
      needs: { eventLoop, project },
      judge: ({ eventLoop: { handlers, inThreads, functions, blocking, open, cut }, project }) => {
        if (handlers + inThreads === 0)
          return unknown(
            project.unread ? `no reader for ${project.unread}` : 'no handler of a request was found in the source',
          )
        const [first] = open
        if (blocking.length === 0 && first)
          return unknown(
            `${first.handler} calls ${first.what} in ${first.file}:${first.line}; whether a plain function runs in a thread depends on the version of the framework`,
          )
        if (blocking.length === 0 && cut) return unknown('the handlers reach more functions than were followed')
        const threads = inThreads > 0 ? `; ${inThreads} handlers run in threads of their own` : ''
        const saw = `${handlers} handlers, ${functions.size} functions on the event loop: no blocking call${threads}`
        return judged(blocking.map(held), [{ at: 'handlers', saw }], 'not reached')
      },
    }),
  ],
}

export default item
