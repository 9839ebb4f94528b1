import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const start = fileURLToPath(new URL('../packages/audit/bin/start.js', import.meta.url))
/** The module keeps what Node 20 cannot keep by itself; later versions have a cache of their own. */
const isOurs = process.versions.node.startsWith('20.')

describe('what was compiled is kept', () => {
  let place: string
  let bundle: string
  const run = (cwd = join(place, 'elsewhere'), cache = join(place, 'cache')) => {
    const script = `(await import(${JSON.stringify(start)})).start(${JSON.stringify(bundle)})`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, 'check'], {
      cwd,
      env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache },
      encoding: 'utf8',
    })
    return { stdout, stderr }
  }
  const kept = (): string[] => readdirSync(join(place, 'cache/airworthy/compiled'))
  const write = (word: string): void =>
    writeFileSync(bundle, `const say = () => console.log('${word}')\nsay(require('node:path').sep)\n`)

  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'airworthy-start-'))
    for (const folder of ['cache', 'elsewhere']) mkdirSync(join(place, folder))
    bundle = join(place, 'main.cjs')
  })
  afterAll(() => rmSync(place, { recursive: true, force: true }))

  test('below the cache of the user, for the same source alone', () => {
    write('one')
    expect(run()).toEqual({ stdout: 'one\n', stderr: '' })
    expect(kept()).toHaveLength(1)
    expect(run()).toEqual({ stdout: 'one\n', stderr: '' })
    write('two')
    expect(run()).toEqual({ stdout: 'two\n', stderr: '' })
  })

  test.runIf(isOurs)('and left alone when it is not whole', () => {
    write('three')
    run()
    const [name = ''] = kept()
    const file = join(place, 'cache/airworthy/compiled', name)
    const whole = readFileSync(file)
    for (const broken of [whole.subarray(0, -1), Buffer.alloc(whole.length), Buffer.alloc(0)]) {
      writeFileSync(file, broken)
      expect(run()).toEqual({ stdout: 'three\n', stderr: '' })
      expect(readFileSync(file)).toHaveLength(whole.length)
    }
  })

  test('not in a repository that stands here, nor in a place that cannot be written', () => {
    const repository = join(place, 'repository')
    mkdirSync(repository)
    write('four')
    expect(run(repository, join(repository, '.cache')).stdout).toBe('four\n')
    expect(readdirSync(repository)).toEqual([])
    expect(run(join(place, 'elsewhere'), '/proc/nowhere')).toEqual({ stdout: 'four\n', stderr: '' })
  })
})
