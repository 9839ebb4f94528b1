import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import namedConstants from './named-constants.ts'

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(namedConstants, files)
  return { status, said: JSON.stringify(verdicts) }
}

describe('named-constants', () => {
  it.each<[string, Files]>([
    [
      'names in TypeScript',
      { 'a.ts': 'const most = 50\nexport const f = (a: number): boolean => a > most && a < 1 && a !== -1\n' },
    ],
    ['names in Python', { 'a.py': 'MOST = 50\ndef f(a):\n    return a > MOST or a == 0\n' }],
    [
      'statuses',
      {
        'a.ts': 'r.status === 404; r.statusCode >= 500; code === 429; 200 <= status',
        'b.py': 'a = r.status_code == 404 or r.status == 503 or r.status_code >= 500\n',
      },
    ],
    [
      'shapes',
      { 'a.ts': 'a.length === 3; b.length > 4; c.size === 5', 'b.py': 'x = len(a) == 3 or len(b) > 4 or len(c) < 5\n' },
    ],
    ['texts and comments', { 'a.ts': '// a > 50\nconst b = "a > 50 && b > 60 && c > 70"\n' }],
    ['tests', { 'a.ts': 'export const a = 1\n', 'a.test.ts': 'x > 50; x > 60; x > 70; x > 80\n' }],
    ['a few', { 'a.ts': 'x > 50; y > 60' }],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, RegExp]>([
    ['TypeScript', { 'a.ts': 'x > 50;\n60 < y; z === -70.5' }, /a comparison with -70\.5/],
    ['Python', { 'a.py': 'b = x > 50\nc = y > 60\nd = z != 3.5\n' }, /a comparison with 3\.5/],
    ['statuses that are none', { 'a.ts': 'total > 404; total > 500; total > 429' }, /3 comparisons/],
  ])('fails with %s', async (_, files, wanted) => {
    const { status, said } = await judge(files)
    expect(status, said).toBe('fail')
    expect(said).toMatch(wanted)
  })

  it('leaves other languages open', async () => {
    expect(await judge({ 'main.go': 'package main' })).toMatchObject({ status: 'unknown' })
  })
})
