import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { droppedPromises, type DroppedPromise } from '../../gather/dropped-promises.ts'
import { project } from '../../gather/project.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'
import { trials } from '../../gather/trials.ts'
import { unawaited } from '../../gather/unawaited.ts'

const reasons: Record<DroppedPromise['how'], (what: string) => string> = {
  dropped: what => `nobody waits for ${what}, and nobody hears of it when it fails`,
  task: what => `${what}: nothing keeps the task, so it may be collected before it is done`,
  tested: what => `${what} is not awaited: the promise itself is always true`,
  derived: what =>
    `${what} is a promise of its own: when the first one fails, nobody hears of this one, and that ends the process`,
  forEach: () => 'forEach throws away the promises of its async function',
}

const wanted: Partial<Record<DroppedPromise['how'], string>> = {
  task: 'a task that is kept, or a task group',
  derived: 'a catch after it, or what it makes kept in place of the first',
}

const lost = ({ what, how, file, line }: DroppedPromise): Evidence => ({
  at: file,
  line,
  saw: reasons[how](what),
  wanted: wanted[how] ?? 'await, return, or a handler of its errors',
})

const item: Item = {
  id: 'awaited-calls',
  area: 'protocol',
  rows: [81],
  title: 'Every asynchronous call is awaited',
  level: 'must',
  why: 'A dropped promise fails unseen, answers before its work is done, and ends the whole process when it is rejected.',
  how: 'Await it, return it, or say `void work().catch(report)` where it may go on by itself (`then` and `finally` make new promises, which want a catch too); in Python keep tasks in a set or use asyncio.TaskGroup. Let typescript/no-floating-promises and RUF006 watch over it.',
  refs: [
    'https://typescript-eslint.io/rules/no-floating-promises/',
    'https://docs.astral.sh/ruff/rules/asyncio-dangling-task/',
    'https://docs.python.org/3/library/asyncio-dev.html#detect-never-awaited-coroutines',
  ],
  // That nothing failed unseen here does not show that nothing is dropped.
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Is every promise, coroutine and task awaited, returned or kept?',
      needs: { droppedPromises, project },
      judge: ({ droppedPromises: { dropped, calls, files }, project }) => {
        if (files === 0)
          return unknown(
            project.unread
              ? `no reader for ${project.unread}`
              : 'no TypeScript, JavaScript or Python source of a server was read',
          )
        if (dropped.length === 0 && calls === 0) return notApplicable('the source awaits nothing')
        const saw = `${calls} awaited calls in ${files} files; no promise is dropped`
        return judged(dropped.map(lost), [{ at: 'asynchronous calls', saw }], 'not reached')
      },
    }),
    check({
      asks: 'Does the runtime never speak of a promise or coroutine that nobody waited for?',
      applies: { capability: 'tools' },
      needs: { trials, unawaited },
      judge: ({ trials, unawaited: { lines, processes, calls } }) => {
        if (trials.good.length === 0 && lines.length === 0) return unknown(nothingCalled(trials.trials.length))
        const at = `the logs of ${processes} processes after ${calls} calls`
        const heard = lines.slice(0, 5).map(saw => ({ at, saw, wanted: 'no such line' }))
        return judged(
          heard,
          [{ at, saw: 'nothing of an unhandled rejection or a coroutine never awaited' }],
          'not reached',
        )
      },
    }),
  ],
}

export default item
