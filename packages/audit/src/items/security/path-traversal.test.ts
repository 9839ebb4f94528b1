import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { evidenceOf, judgeStandIn } from '../../testing/stand-in.ts'
import pathTraversal from './path-traversal.ts'

let home = ''
let root = ''
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'airworthy-home-')))
  root = join(home, 'notes')
  mkdirSync(root)
  writeFileSync(join(root, 'a.txt'), 'a note')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const judge = (...faults: string[]) => judgeStandIn(pathTraversal, ['files', ...faults, '--root', root], { cwd: home })

describe('path-traversal', () => {
  it('passes a server that resolves links before it compares', async () => {
    const result = await judge()
    expect(result).toMatchObject({ status: 'pass', proof: 'live' })
    expect(evidenceOf(result)).toContain('read_file.path')
  })

  it.each([
    ['any-path', 'absolute path'],
    ['prefix', 'beside the root'],
    ['links', 'a link inside the root'],
    ['makes-missing', 'a new file behind a link inside the root'],
    ['overwrites', 'changed or removed by calls of read_file'],
  ])('fails one that has the fault %s', async (fault, form) => {
    const result = await judge(fault)
    expect(result).toMatchObject({ status: 'fail' })
    expect(evidenceOf(result)).toContain(form)
  })

  it('leaves nothing behind', async () => {
    await judge('any-path')
    expect(readdirSync(home)).toEqual(['notes'])
    expect(readdirSync(root)).toEqual(['a.txt'])
  })

  it('leaves open what names files and was not called', async () => {
    const samples = { read_file: [{ path: 'missing.txt' }] }
    const result = await judgeStandIn(pathTraversal, ['files', '--root', root], { cwd: home, settings: { samples } })
    expect(result).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(result)).toContain('read_file.path')
  })

  it('leaves open what was given the whole machine', async () => {
    expect(await judgeStandIn(pathTraversal, ['files', 'any-path', '--root', '/'], { cwd: home })).toMatchObject({
      status: 'unknown',
    })
  })
})
