import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import memoryStability from './memory-stability.ts'

const status = async (files: Files): Promise<string> => (await judgeFiles(memoryStability, files)).status
const ts = (before: string, body: string): Files =>
  typescriptHandler({ before, body: `${body}\nreturn { content: [] }` })
const py = (before: string, body: string): Files => pythonHandler({ before, body: `${body}\nreturn path` })
const jobs = `import { randomUUID } from 'node:crypto'\nconst jobs = new Map()`
const bus = `import { EventEmitter } from 'node:events'\nconst bus = new EventEmitter()`

/** A table of a file of its own, with a function that puts into it. */
const tsState = (call: string, more = '', put = 'export const keepRun = (id, run) => { runs.set(id, run) }'): Files =>
  typescriptHandler({
    before: `import { keepRun } from './state.js'\nimport { randomUUID } from 'node:crypto'`,
    body: `${call}\nreturn { content: [] }`,
    files: { 'src/state.ts': `const runs = new Map()\nexport const runOf = id => runs.get(id)\n${put}\n${more}` },
  })
const pyState = (call: string, more = ''): Files =>
  pythonHandler({
    before: 'import uuid\nfrom a_server.state import keep_run',
    body: `${call}\nreturn path`,
    files: {
      'a_server/state.py': `runs = {}\n\n\ndef keep_run(run_id, run):\n    runs[run_id] = run\n\n\n${more}`,
    },
  })

describe('memory-stability of what calls leave behind', () => {
  it.each<[string, Files]>([
    ['a history', ts('const history = []', 'history.push(args.path)')],
    ['work under a name of its own', ts(jobs, 'const id = randomUUID()\njobs.set(id, { path: args.path })')],
    ['a record of work', ts(`const sessions = {}`, 'sessions[Date.now()] = args.path')],
    ['a listener', ts(bus, `bus.on('change', () => args.path)`)],
    ['a listener of the process', ts('', `process.on('exit', () => args.path)`)],
    ['a log in Python', py('call_log = []', 'call_log.append(path)')],
    ['tasks in Python', py('import uuid\ntasks = {}', 'task_id = str(uuid.uuid4())\ntasks[task_id] = path')],
    ['work of another file', tsState('const id = randomUUID()\nkeepRun(id, args.path)')],
    [
      'work that two functions hand on',
      tsState(
        'keepRun(randomUUID(), args.path)',
        '',
        'const put = (id, run) => { runs.set(id, run) }\nexport const keepRun = (id, run) => put(id, run)',
      ),
    ],
    ['work of another file in Python', pyState('run_id = str(uuid.uuid4())\nkeep_run(run_id, path)')],
  ])('fails %s', async (_, files) => expect(await status(files)).toBe('fail'))

  it.each<[string, Files]>([
    [
      'a history that is cut',
      ts('const history = []', 'history.push(args.path)\nif (history.length > 9) history.shift()'),
    ],
    ['data of the user', ts('const notes = []', 'notes.push(args.path)')],
    [
      'work that goes',
      ts(jobs, 'const id = randomUUID()\njobs.set(id, args.path)\nsetTimeout(() => jobs.delete(id), 9)'),
    ],
    ['work under a name that is given', ts(jobs, 'jobs.set(args.path, 1)')],
    ['a history of the call', ts('', 'const history = []\nhistory.push(args.path)')],
    ['a listener that goes', ts(bus, `const seen = () => {}\nbus.on('a', seen)\nbus.off('a', seen)`)],
    ['a listener that is there once', ts(`${bus}\nlet isHeard = false`, `if (!isHeard) bus.on('a', () => {})`)],
    ['a deque', py('from collections import deque\ncall_log = deque(maxlen=9)', 'call_log.append(path)')],
    [
      'tasks that go',
      py('import uuid\ntasks = {}', 'tasks[uuid.uuid4()] = path\nif len(tasks) > 9:\n    tasks.clear()'),
    ],
    ['work of another file under a name that is given', tsState('keepRun(args.path, 1)')],
    [
      'work of another file that goes',
      tsState('keepRun(randomUUID(), 1)', 'export const forget = id => { runs.delete(id) }'),
    ],
    ['a key that no call hands in', tsState('keepRun(args.path, 1)', 'keepRun(randomUUID(), 1)')],
    [
      'work of another file that goes in Python',
      pyState('keep_run(uuid.uuid4(), path)', 'def forget(run_id):\n    runs.pop(run_id, None)'),
    ],
  ])('does not fail %s', async (_, files) => expect(await status(files)).toBe('unknown'))
})
