import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { countedCalls } from '../../gather/counted-calls.ts'
import { project } from '../../gather/project.ts'
import type { SharedChange } from '../../gather/concurrency/scenes.ts'
import { sharedState } from '../../gather/shared-state.ts'

const torn = ({ what, file, line, readAt, isNamed, kind }: SharedChange): Evidence => {
  if (kind === 'temporary')
    return {
      at: file,
      line,
      saw: `${what}, written in line ${readAt}, has the same name in every request: a second one overwrites it, or finds it moved away`,
      wanted: 'a name of its own for each write (randomUUID, mkstemp), or a lock around both',
    }
  if (kind === 'opened')
    return {
      at: file,
      line,
      saw: `${what} is opened by whoever finds that it is not there, and kept here after a wait: two requests at once open two, and nobody closes the first`,
      wanted: 'the promise kept in its place before the wait, or a lock around both',
    }
  if (kind === 'exchange')
    return {
      at: file,
      line,
      saw: `two requests may send over ${what} before either reads its answer in line ${readAt}, and nothing says whose it is`,
      wanted: 'a lock around sending and reading, or answers that are found by an id',
    }
  const other = isNamed ? 'another request that names the same one' : 'another request'
  return {
    at: file,
    line,
    saw: `${what} was read in line ${readAt}; ${other} may have changed it before it is written here`,
    wanted: 'a lock around both, or one step without a wait in between',
  }
}

const sound = ({ what, file, line, how, kind }: SharedChange): Evidence => {
  const done = kind === 'exchange' ? 'used' : 'changed'
  return {
    at: file,
    line,
    saw: `${what}: ${how === 'locked' ? `${done} under a lock` : `${done} in one step, without a wait in between`}`,
  }
}

const item: Item = {
  id: 'shared-state',
  area: 'protocol',
  rows: [97, 98],
  title: 'Shared state is changed by one request at a time',
  level: 'should',
  why: 'Two calls that read the same state before either writes it lose one of the changes, and nobody gets an error.',
  how: 'Hold a lock around reading and writing (async-mutex runExclusive, proper-lockfile, asyncio.Lock, threading.Lock), change it in one step without await, or leave it to a database transaction.',
  refs: [
    'https://eslint.org/docs/latest/rules/require-atomic-updates',
    'https://docs.python.org/3/library/asyncio-sync.html',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Is everything that requests share changed under a lock or in one step?',
      needs: { sharedState, project },
      judge: ({ sharedState: { changes, handlers, unread }, project }) => {
        if (handlers === 0)
          return unknown(
            project.unread ? `no reader for ${project.unread}` : 'no handler of a request was found in the source',
          )
        if (changes.length === 0 && unread !== null) return unknown(unread)
        if (changes.length === 0)
          return notApplicable(
            `${handlers} handlers, and what they call, read, change and write back no variable of a file and no file`,
          )
        const broken = changes.filter(({ how }) => how === 'torn')
        const open = changes.find(({ how }) => how === 'caller')
        const unsettled = changes.find(({ how }) => how === 'open')
        if (broken.length === 0 && open)
          return unknown(
            `${open.file}:${open.line} writes back ${open.what.startsWith('the file') ? 'a file' : `an entry of ${open.what}`} that the request names; whether two requests name the same one shows in use`,
          )
        if (broken.length === 0 && unsettled)
          return unknown(
            `${unsettled.file}:${unsettled.line} takes ${unsettled.what} in one step, which holds where plain functions run one after the other: that depends on the version of the framework`,
          )
        return judged(broken.map(torn), changes.map(sound), 'not reached')
      },
    }),
    check({
      asks: 'Does a counter that the settings declare count every one of many parallel calls?',
      applies: { capability: 'tools' },
      needs: { countedCalls },
      judge: ({ countedCalls: { add, count, acknowledged, before, after } }) => {
        const at = `${acknowledged} parallel calls of ${add}`
        if (acknowledged === 0) return unknown(`every call of ${add} was refused`)
        const saw = `${count} went from ${before} to ${after}`
        return after - before === acknowledged
          ? pass({ at, saw })
          : fail({ at, saw, wanted: `${before + acknowledged}` })
      },
    }),
  ],
}

export default item
