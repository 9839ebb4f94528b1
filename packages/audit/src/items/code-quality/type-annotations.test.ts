import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import typeAnnotations from './type-annotations.ts'

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(typeAnnotations, files)
  return { status, said: JSON.stringify(verdicts) }
}

describe('type-annotations', () => {
  it.each<[string, Files]>([
    ['Python', { 'a.py': 'def f(a: int, *, b: str = "", **rest: object) -> None:\n    pass\n' }],
    ['methods without a type for self', { 'a.py': 'class A:\n    def f(self) -> int:\n        return 1\n' }],
    ['a constructor without what it returns', { 'a.py': 'class A:\n    def __init__(self, a: int):\n        pass\n' }],
    ['private Python functions left out', { 'a.py': 'def _f(a):\n    return a\ndef g() -> int:\n    return 1\n' }],
    [
      'functions inside others left out',
      { 'a.py': 'def g() -> int:\n    def h(a):\n        return a\n    return h(1)\n' },
    ],
    [
      'TypeScript',
      { 'a.ts': 'export const f = async (a: string): Promise<void> => {}\nexport function g(): void {}\n' },
    ],
    ['a type of the whole function', { 'a.ts': 'export const f: Handler = (a, b) => a + b\n' }],
    ['satisfies', { 'a.ts': 'export const f = ((a, b) => a + b) satisfies Handler\n' }],
    ['a curried function', { 'a.ts': 'export const f = (a: string) => (b: string): string => a + b\n' }],
    ['default values', { 'a.ts': 'export const f = (a = 1, { b }: { b: string }): string => b\n' }],
    [
      'private functions without what they return',
      { 'a.ts': 'const f = (a: string) => a\nexport const g = (): string => f("")\n' },
    ],
    ['overloads', { 'a.ts': 'export function f(a: string): string\nexport function f(a: any) { return a }\n' }],
    [
      'JSDoc in JavaScript',
      { 'a.js': '/**\n * @param {string} a\n * @returns {string}\n */\nexport function f(a) { return a }\n' },
    ],
    ['views', { 'a.tsx': 'export const A = ({ b }: { b: string }) => <p>{b}</p>\n' }],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, RegExp]>([
    ['a parameter in Python', { 'a.py': 'def f(a, b: int) -> int:\n    return b\n' }, /f: no type for a"/],
    ['what Python returns', { 'a.py': 'async def f(a: int):\n    return a\n' }, /what it returns/],
    [
      'a tool inside a function',
      { 'a.py': 'def _build(s):\n    @s.tool()\n    def t(a):\n        return a\n' },
      /t: no type for a/,
    ],
    ['*args', { 'a.py': 'def f(*args, **kw) -> int:\n    return 1\n' }, /\*args, \*\*kw/],
    [
      'what TypeScript returns',
      { 'a.ts': 'export const f = async (a: string) => a\n' },
      /f: no type for what it returns/,
    ],
    ['an export by name', { 'a.ts': 'function f(a: string) { return a }\nexport { f }\n' }, /what it returns/],
    [
      'an implicit any in a private function',
      { 'a.ts': 'function f(a) { return a }\nexport const g = (): void => f(1)\n' },
      /f: no type for a/,
    ],
    ['plain JavaScript', { 'a.js': 'export const f = a => a\n' }, /f: no type for a/],
    ['CommonJS', { 'a.cjs': 'function f(a) { return a }\nmodule.exports = { f }\n' }, /f: no type for a/],
    ['a public method', { 'a.ts': 'export class A {\n  f(a: string) { return a }\n}\n' }, /A\.f: no type/],
  ])('fails with %s', async (_, files, wanted) => {
    const { status, said } = await judge(files)
    expect(status).toBe('fail')
    expect(said).toMatch(wanted)
  })

  it('grants one in twenty', async () => {
    const good = Array.from({ length: 19 }, (_, index) => `def f${index}() -> int:\n    return 1\n`).join('')
    expect(await judge({ 'a.py': `${good}def g():\n    return 1\n` })).toMatchObject({ status: 'pass' })
  })

  it('looks at neither tests nor other languages', async () => {
    expect(await judge({ 'tests/test_a.py': 'def f(a):\n    pass\n', 'main.go': 'package main' })).toMatchObject({
      status: 'unknown',
    })
    expect(await judge({ 'a.py': 'x = 1\n' })).toMatchObject({ status: 'not-applicable' })
  })
})
