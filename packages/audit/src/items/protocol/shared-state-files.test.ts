import { describe, expect, it } from 'vitest'
import { pythonAdder as py, typescriptAdder as ts } from '../../testing/adders.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import sharedState from './shared-state.ts'

const store = `const change = async (file) => {
  const all = JSON.parse(await readFile(file, 'utf8'))
  all.push(1)
  await writeFile(file, JSON.stringify(all))
}
const load = async file => JSON.parse(await readFile(file, 'utf8'))
const save = async (file, all) => {
  const aside = file + '.' + randomUUID()
  await writeFile(aside, JSON.stringify(all))
  await rename(aside, file)
}
const saveAside = async (file, all) => {
  await writeFile(file + '.tmp', JSON.stringify(all))
  await rename(file + '.tmp', file)
}`
const named = (path: string): string =>
  `const file = ${path}\nconst all = JSON.parse(await readFile(file, 'utf8'))\nall.push(n)\nawait writeFile(file, JSON.stringify(all))`
const files = (work: string, before = ''): Files =>
  ts(
    work,
    `import { randomUUID } from 'node:crypto'\nimport { rename, open } from 'node:fs/promises'\nimport path from 'node:path'\nimport lockfile from 'proper-lockfile'\n${before}`,
  )

describe('shared-state of files', () => {
  it.each<[string, Files]>([
    ['in a folder that the request names', files(named(`path.join(root, 'a.json')`))],
    ['that the request names', files(named('n.file'))],
    ['of a template', files(named('`${root}/a.json`'))],
    ['whose name is completed', files(`let file = root\nif (!file) file = n\n${named('file').replace(/^.*\n/, '')}`)],
    ['by way of a function', files('await change(path.join(root, n))', store)],
    ['that is moved there', files(`const all = await load(root)\nall.push(n)\nawait save(root, all)`, store)],
    [
      'that is moved there by hand',
      files(
        `const all = await load('a.json')\nall.push(n)\nconst aside = 'a.json.' + randomUUID()\nawait writeFile(aside, JSON.stringify(all))\nawait rename(aside, 'a.json')`,
        store,
      ),
    ],
    [
      'in a folder in Python',
      py(
        'path = os.path.join(root, "a.json")\nall = json.loads(Path(path).read_text())\nall[n] = await fetch(n)\nPath(path).write_text(json.dumps(all))',
      ),
    ],
    [
      'of Path in Python',
      py(
        'path = Path(root) / "a.json"\nwith open(path) as f:\n    all = json.load(f)\nall[n] = await fetch(n)\nwith open(path, "w") as f:\n    json.dump(all, f)',
      ),
    ],
  ])('fails a store %s', async (_, repository) => {
    const result = await judgeFiles(sharedState, repository)
    expect(result.status, JSON.stringify(result.verdicts)).toBe('fail')
  })

  it.each<[string, Files, string]>([
    ['fixed', files(`await saveAside('a.json', n)`, store), 'fail'],
    [
      'of the process',
      files(`const t = \`a.json.\${process.pid}\`\nawait writeFile(t, n)\nawait rename(t, 'a.json')`),
      'fail',
    ],
    ['in Python', py('Path("a.tmp").write_text(n)\nos.replace("a.tmp", "a.json")', 'def'), 'fail'],
    ['of a document', files(`const t = root + '.tmp'\nawait writeFile(t, n)\nawait rename(t, root)`), 'unknown'],
    ['at random', files(`await save('a.json', n)`, store), 'not-applicable'],
    [
      'that is counted',
      files(`const t = 'a.json.' + process.pid + count++\nawait writeFile(t, n)\nawait rename(t, 'a.json')`),
      'pass',
    ],
    [
      'of the time',
      files(`const t = 'a.' + Date.now()\nawait writeFile(t, n)\nawait rename(t, 'a.json')`),
      'not-applicable',
    ],
    ['under a lock', files(`await mutex.runExclusive(() => saveAside('a.json', n))`, store), 'pass'],
    [
      'one at a time',
      files(
        `await keeper.save(n)`,
        `class Keeper { async save(n) { if (this.saving) return; this.saving = true\nawait writeFile('a.tmp', n)\nawait rename('a.tmp', 'a.json'); this.saving = false } }\nconst keeper = new Keeper()`,
      ),
      'not-applicable',
    ],
    ['in one step in Python', py('Path("a.tmp").write_text(n)\nos.replace("a.tmp", "a.json")'), 'not-applicable'],
  ])('tells of an aside file with a name %s', async (_, repository, status) => {
    const result = await judgeFiles(sharedState, repository)
    expect(result.status, JSON.stringify(result.verdicts)).toBe(status)
  })

  it.each<[string, Files]>([
    [
      'of a library',
      files(`const release = await lockfile.lock(root)\n${named('path.join(root, n)')}\nawait release()`),
    ],
    [
      'of a library, without its name',
      files(
        `await q(root, () => change(path.join(root, n)))`,
        `${store}\nconst q = async (p, work) => { const r = await lockfile.lock(p); try { return await work() } finally { await r() } }`,
      ),
    ],
    [
      'that is a file',
      files(
        `await q(root, () => change(path.join(root, n)))`,
        `${store}\nconst q = async (p, work) => { const l = p + '.lock'; const f = await open(l, 'wx'); try { return await work() } finally { await f.close() } }`,
      ),
    ],
    [
      'for each file',
      files(
        `const file = path.join(root, n)\nconst before = tails.get(file) ?? Promise.resolve()\nconst mine = before.then(() => change(file))\ntails.set(file, mine)\nawait mine`,
        `${store}\nconst tails = new Map()`,
      ),
    ],
    [
      'in Python',
      py(
        'async with lock:\n    all = json.loads(Path(root).read_text())\n    all[n] = await fetch(n)\n    Path(root).write_text(json.dumps(all))',
      ),
    ],
  ])('passes a store under a lock %s', async (_, repository) => {
    const result = await judgeFiles(sharedState, repository)
    expect(result.status, JSON.stringify(result.verdicts)).toBe('pass')
  })

  it.each<[string, Files, string]>([
    [
      'a document that the caller edits',
      files(`const text = await readFile(root, 'utf8')\nawait writeFile(root, text.replace('a', n))`),
      'unknown',
    ],
    [
      'a document of Python that the caller edits',
      py('text = Path(root).read_text()\nawait fetch(n)\nPath(root).write_text(text.replace("a", n))'),
      'unknown',
    ],
    [
      'a store that is written and not read',
      files(`const all = JSON.parse(n)\nall.push(1)\nawait writeFile(path.join(root, 'a.json'), JSON.stringify(all))`),
      'not-applicable',
    ],
    [
      'two stores',
      files(
        `const all = JSON.parse(await readFile(path.join(root, 'a.json'), 'utf8'))\nawait writeFile(path.join(root, 'b.json'), JSON.stringify(all))`,
      ),
      'not-applicable',
    ],
    [
      'a store that is asked for, without a wait',
      py('all = json.loads(Path(root).read_text())\nall[n] = 1\nPath(root).write_text(json.dumps(all))'),
      'pass',
    ],
    [
      'a file without a wait, in threads of some versions',
      { ...py('store(n)', 'def'), 'pyproject.toml': '[project]\nname = "a"\ndependencies = ["fastmcp"]\n' },
      'unknown',
    ],
  ])('tells of %s', async (_, repository, status) => {
    const result = await judgeFiles(sharedState, repository)
    expect(result.status, JSON.stringify(result.verdicts)).toBe(status)
  })
})

describe('shared-state of a file that is read again before it is written', () => {
  const again = `const change = async (n) => {
  const all = JSON.parse(readFileSync('a.json', 'utf8'))
  writeFileSync('a.json', JSON.stringify([...all, n]))
}
const check = async (all) => {
  writeFileSync('a.json', JSON.stringify(all))
  return readFileSync('a.json', 'utf8')
}`
  const before = `import { readFileSync, writeFileSync } from 'node:fs'\n${again}`
  const cases: [string, Files, string][] = [
    ['in Python', py('seen = Path(FILE).read_text()\nawait asyncio.sleep(1)\nstore(len(seen))'), 'pass'],
    ['in TypeScript', ts(`const seen = readFileSync('a.json', 'utf8')\nawait change(seen.length)`, before), 'pass'],
    [
      'only after it was written',
      ts(`const all = JSON.parse(readFileSync('a.json', 'utf8'))\nawait rest()\nawait check([...all, n])`, before),
      'fail',
    ],
    [
      'by nobody',
      py(
        'all = json.loads(Path(FILE).read_text())\nawait asyncio.sleep(1)\nPath(FILE).write_text(json.dumps([*all, n]))',
      ),
      'fail',
    ],
  ]
  it.each(cases)('%s', async (_, given, status) => {
    const { verdicts } = await judgeFiles(sharedState, given)
    expect(verdicts.find(({ proof }) => proof === 'repository')?.status).toBe(status)
  })
})
