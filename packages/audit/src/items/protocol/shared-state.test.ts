import { describe, expect, it } from 'vitest'
import { pythonAdder as py, typescriptAdder as ts } from '../../testing/adders.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import sharedState from './shared-state.ts'

const graph = `class Graph {
  private async load() { return JSON.parse(await readFile(FILE, 'utf8')) }
  private async save(graph) { await writeFile(FILE, JSON.stringify(graph)) }
  async add(n) {
    const graph = await this.load()
    graph.push(n)
    await this.save(graph)
  }
}
const FILE = 'a.json'
const graph = new Graph()`

describe('shared-state', () => {
  it.each<[string, Files, number]>([
    ['an update around a wait', ts('count += await fetchNumber(n)'), 7],
    ['a value that was read before a wait', ts('const before = count\nawait store(n)\ncount = before + n'), 9],
    [
      'a file',
      ts(
        `const all = JSON.parse(await readFile('a.json', 'utf8'))\nall.push(n)\nawait writeFile('a.json', JSON.stringify(all))`,
      ),
      9,
    ],
    ['a file through methods', ts('await graph.add(n)', graph), 10],
    ['an update around a wait in Python', py('count += await fetch(n)'), 18],
    [
      'a file between waits',
      py(
        'with open(FILE) as f:\n    all = json.load(f)\nall[n] = await fetch(n)\nwith open(FILE, "w") as f:\n    json.dump(all, f)',
      ),
      21,
    ],
    [
      'a file of aiofiles',
      py(
        'async with aiofiles.open(FILE) as f:\n    all = json.loads(await f.read())\nall[n] = 1\nasync with aiofiles.open(FILE, "w") as f:\n    await f.write(json.dumps(all))',
      ),
      21,
    ],
    ['a file that a thread changes', py('await asyncio.to_thread(store, n)'), 10],
    ['a field around a wait', ts('state.n = state.n + (await fetchNumber(n))', 'const state = { n: 0 }'), 7],
    [
      'a field that was read before a wait',
      ts('const before = state.n\nawait store(n)\nstate.n = before + n', 'const state = { n: 0 }'),
      9,
    ],
    ['a plain tool in a thread', py('count += 1\nreturn count', 'def'), 18],
    ['a file that a function in a thread changes', py('store(n)', 'def'), 10],
  ])('fails %s', async (_, files, line) => {
    const result = await judgeFiles(sharedState, files)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail', proof: 'repository' })
    expect(result.verdicts[0]?.evidence?.[0]?.line).toBe(line)
  })

  it.each<[string, Files]>([
    ['one step', ts('count += n\nawait store(n)')],
    ['a wait before the step', ts('const more = await fetchNumber(n)\ncount += more')],
    [
      'a mutex',
      ts(
        `await mutex.runExclusive(async () => {\n const all = JSON.parse(await readFile('a.json', 'utf8'))\nall.push(n)\nawait writeFile('a.json', JSON.stringify(all)) })`,
      ),
    ],
    ['a mutex around a method', ts('await mutex.runExclusive(() => graph.add(n))', graph)],
    ['a chain of promises', ts('tail = tail.then(async () => { count += await fetchNumber(n) })', 'let tail = ready')],
    ['a lock in a thread', py('await asyncio.to_thread(store_locked, n)')],
    ['a lock', py('async with lock:\n    count += await fetch(n)')],
    [
      'a file without a wait',
      py('with open(FILE) as f:\n    all = json.load(f)\nwith open(FILE, "w") as f:\n    json.dump(all, f)'),
    ],
    ['a field after a wait', ts('state.n = (await fetchNumber(n)) + state.n', 'const state = { n: 0 }')],
    ['an entry in one step', ts('await store(n)\ncounts.set(n, (counts.get(n) ?? 0) + 1)', 'const counts = new Map()')],
    ['one step in Python', py('count += 1\nreturn count')],
  ])('passes %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(sharedState, files)
    expect(status, JSON.stringify(verdicts)).toBe('pass')
  })

  it.each<[string, Files, string]>([
    ['nothing shared', ts('return n'), 'not-applicable'],
    ['a local variable', ts('let sum = 0\nsum += await fetchNumber(n)'), 'not-applicable'],
    ['a variable that is filled once', ts('count = count ?? (await fetchNumber(n))'), 'not-applicable'],
    [
      'a field that is filled once',
      ts('state.n = state.n ? state.n : await load()', 'const state = {}'),
      'not-applicable',
    ],
    ['a variable that is only set', ts('count = await fetchNumber(n)'), 'not-applicable'],
    [
      'an entry around a wait',
      ts('counts.set(n, (counts.get(n) ?? 0) + (await fetchNumber(n)))', 'const counts = new Map()'),
      'unknown',
    ],
    [
      'an entry that was read before a wait',
      ts('const before = counts[n]\nawait store(n)\ncounts[n] = before + 1', 'const counts = {}'),
      'unknown',
    ],
    [
      'an entry that stays the same object',
      ts('const all = lists[n]\nall.push(await fetchNumber(n))\nlists[n] = all', 'const lists = {}'),
      'not-applicable',
    ],
    ['a file that is written and never read', ts(`await writeFile('a.json', n)`), 'not-applicable'],
    ['another language', { 'go.mod': 'module a', 'main.go': '' }, 'unknown'],
  ])('tells of %s', async (_, files, status) => {
    expect((await judgeFiles(sharedState, files)).status).toBe(status)
  })
})
