import { describe, expect, it } from 'vitest'
import { readTypeScript } from './typescript.ts'
import type { Module, Value } from './values.ts'

const read = (text: string, path = 'src/a.ts'): Module =>
  readTypeScript({ path, language: 'typescript', text, role: 'server' })

const declared = ({ declarations }: Module, name: string): Value | undefined =>
  declarations.find(entry => entry.name === name)?.value

const calleeOf = (value: Value | undefined): string | undefined =>
  value?.is === 'call' && (value.callee.is === 'name' || value.callee.is === 'member') ? value.callee.name : undefined

describe('expressions of TypeScript', () => {
  const cases: [source: string, expected: object][] = [
    ["const x = 'a\\n'", { is: 'text', text: 'a\n' }],
    ['const x = `a`', { is: 'text', text: 'a' }],
    [
      'const x = `a${b}`',
      {
        is: 'join',
        parts: [
          { is: 'text', text: 'a' },
          { is: 'name', name: 'b' },
        ],
      },
    ],
    ["const x = 'a' + b + 'c'", { is: 'join', parts: [{ text: 'a' }, { name: 'b' }, { text: 'c' }] }],
    ['const x = -5', { is: 'number', number: -5 }],
    ['const x = void 0', { is: 'constant', of: null }],
    ['const x = /a+/gi', { is: 'pattern', text: 'a+', flags: 'gi' }],
    ['const x = a ?? b', { is: 'either', first: { name: 'a' }, second: { name: 'b' } }],
    ['const x = a && b', { is: 'both', first: { name: 'a' }, second: { name: 'b' } }],
    ['const x = a ? b : c', { is: 'choice', test: { name: 'a' }, options: [{ name: 'b' }, { name: 'c' }] }],
    ['const x = a !== b', { is: 'compare', operator: '!==', left: { name: 'a' }, right: { name: 'b' } }],
    ['const x = !a', { is: 'not', of: { name: 'a' } }],
    ["const x = a['b']", { is: 'member', name: 'b', of: { name: 'a' } }],
    ['const x = a?.b', { is: 'member', name: 'b', of: { name: 'a' } }],
    ['const x = a[b]', { is: 'index', of: { name: 'a' }, index: { name: 'b' } }],
    ['const x = (a as string)!', { is: 'name', name: 'a' }],
    ['const x = (0, a.b)(1)', { is: 'call', callee: { is: 'member', name: 'b' }, arguments: [{ number: 1 }] }],
    ['const x = sql`a ${b}`', { is: 'call', tagged: true, callee: { name: 'sql' }, arguments: [{ is: 'join' }] }],
    ['const x = await a()', { is: 'call', awaited: true }],
    ['const x = new A(b)', { is: 'call', constructs: true, callee: { name: 'A' } }],
    ['const x = [a, ...b]', { is: 'list', items: [{ name: 'a' }, { is: 'spread', of: { name: 'b' } }] }],
    [
      "const x = { a: 1, 'b-c': 2, d() {}, ...e, [f]: 3 }",
      {
        is: 'record',
        fields: [
          ['a', {}],
          ['b-c', {}],
          ['d', { is: 'function' }],
          ['...', {}],
          ['', {}],
        ],
      },
    ],
    ["const x = require('node:fs')", { is: 'import', module: 'node:fs', name: '*' }],
    [
      "const x = __importDefault(require('axios'))",
      {
        is: 'record',
        fields: [
          ['...', { name: '*' }],
          ['default', { is: 'import', module: 'axios', name: 'default' }],
        ],
      },
    ],
    ["const x = await import('./b.js')", { is: 'import', module: './b.js', name: '*' }],
  ]
  it.each(cases)('%s', (source, expected) => {
    expect(declared(read(source), 'x')).toMatchObject(expected)
  })

  it('keeps calls wherever they stand', () => {
    const { calls } = read(
      'export default <T,>(a = f(1)) => ({ [g(2)]: `${h(3)}`, i: j(4) > k(5) ? typeof l(6) : m(7)! })',
    )
    expect(calls.map(calleeOf).toSorted((a = '', b = '') => (a < b ? -1 : 1))).toEqual([
      'f',
      'g',
      'h',
      'j',
      'k',
      'l',
      'm',
    ])
  })
})

describe('declarations of TypeScript', () => {
  it('follow patterns, parameters and their defaults', () => {
    const module = read('const f = ({ a, b: { c }, ...d }: X, [e] = g(), ...rest) => 1')
    expect(declared(module, 'a')).toMatchObject({ is: 'member', name: 'a', of: { is: 'parameter', index: 0 } })
    expect(declared(module, 'c')).toMatchObject({ is: 'member', name: 'c', of: { is: 'member', name: 'b' } })
    expect(declared(module, 'd')).toMatchObject({ is: 'parameter', index: 0 })
    expect(declared(module, 'e')).toMatchObject({ is: 'index', of: { is: 'parameter', index: 1 } })
    expect(declared(module, 'rest')).toMatchObject({ is: 'parameter', index: 2, name: '...rest' })
    expect(module.functions[0]?.parameters).toEqual(['{ a, b: { c }, ...d }', '[e]', '...rest'])
  })

  it('hold in their block, var in its function, an assignment where its name was declared', () => {
    const text = 'function f() { let a; if (x) { let b = 1; var c = 2; a = 3 } }'
    const { declarations } = read(text)
    const rangeOf = (name: string) =>
      declarations.filter(entry => entry.name === name).map(({ from, to }) => text.slice(from, to))
    expect(rangeOf('b')).toEqual(['{ let b = 1; var c = 2; a = 3 }'])
    expect(rangeOf('c')).toEqual([text])
    expect(new Set(rangeOf('a'))).toEqual(new Set([text.slice(13)]))
  })

  it('know members of classes, enums, and what is imported and exported', () => {
    const module = read(`import a, { b as c, type D } from 'm'
import * as n from './n.js'
import './side.js'
export enum Level { Low = 'low', High = 'high' }
export class Box extends a.Base { #x = 1; constructor(private y: D) { super(); this.z = y } get() { return this.#x } }
export { c as e, c as default }
export * from './o.js'
export * as p from './p.js'`)
    expect(declared(module, 'c')).toEqual({ is: 'import', module: 'm', name: 'b' })
    expect(declared(module, 'n')).toEqual({ is: 'import', module: './n.js', name: '*' })
    expect(declared(module, '')).toEqual({ is: 'import', module: './side.js', name: '*' })
    expect(declared(module, 'Level')).toMatchObject({
      is: 'record',
      fields: [
        ['Low', { text: 'low' }],
        ['High', {}],
      ],
    })
    expect(module.classes[0]?.members.map(({ name }) => name)).toEqual(['#x', 'z', 'constructor', 'y', 'get'])
    expect(module.exports.map(({ name }) => name)).toEqual(['Level', 'Box', 'e', 'default', '*', 'p'])
  })

  it.each([
    ['exports.run = void 0; const run = () => 1; exports.run = run', 'run'],
    ["Object.defineProperty(exports, 'run', { enumerable: true, get: function () { return a_1.run } })", 'run'],
    ['module.exports = { run: () => 1 }', 'run'],
    ['var a_exports = {}; __export(a_exports, { run: () => run })', 'run'],
    ["__exportStar(require('./a'), exports)", '*'],
  ])('know what compilers export: %s', (source, name) => {
    expect(read(source, 'dist/a.js').exports.map(each => each.name)).toContain(name)
  })
})

describe('statements of TypeScript', () => {
  it('are guards that leave or stay', () => {
    const { guards } = read(`function f(a) {
  if (!a) throw new Error('no')
  if (a > 1) { log(); return } else if (a) process.exit(1)
  if (a) { if (b) return; else throw c } else { d() }
}`)
    expect(guards.map(({ consequent, alternate }) => [consequent.leaves, alternate?.leaves])).toEqual([
      ['throw', undefined],
      ['return', null],
      ['throw', undefined],
      ['return', null],
      ['return', 'throw'],
    ])
  })

  it('are tries with their handlers', () => {
    const { tries } = read('try { a() } catch {} finally { b() }\ntry { a() } catch (e) { throw e }')
    expect(
      tries.map(({ handlers, finally: last }) => [
        handlers[0]?.empty,
        handlers[0]?.binds,
        handlers[0]?.leaves,
        last !== null,
      ]),
    ).toEqual([
      [true, null, null, true],
      [false, 'e', 'throw', false],
    ])
  })

  it('are writes, loops, returns, throws and calls that are dropped', () => {
    const { writes, loops, returns, throws, calls } = read(`async function f() {
  n += 1; n++; o.p = 2; o[k] = 3; delete o[k]
  for (const a of b) while (c) d()
  e(); await g(); void h(); x && i(); j().catch(k)
  o.q = m(); x && (n = p())
  if (n) throw new Error('no')
  return l()
}`)
    expect(writes.map(({ operator, target }) => [operator, target.is])).toEqual([
      ['+=', 'name'],
      ['++', 'name'],
      ['=', 'member'],
      ['=', 'index'],
      ['delete', 'index'],
      ['=', 'member'],
      ['=', 'name'],
    ])
    expect(loops.map(({ kind }) => kind)).toEqual(['for', 'while'])
    expect([returns.length, throws.length]).toEqual([1, 1])
    const dropped = calls.filter(call => call.dropped).map(calleeOf)
    expect(dropped).toEqual(['d', 'e', 'i', 'catch'])
  })
})

describe('source that does not parse', () => {
  it('is read up to where it breaks', () => {
    const module = read('const a = 1\nfunction b() {\n  return 2\n}\nconst = {\n')
    expect(module.broken).toMatchObject({ line: 5 })
    expect([declared(module, 'a'), declared(module, 'b')]).toMatchObject([{ is: 'number' }, { is: 'function' }])
  })

  it('may be anything', () => {
    expect(read('f(, a)\nconst b = 1').broken).toMatchObject({ line: 1 })
    expect(read('}{').broken).toBeDefined()
    expect(read(`const x = ${'['.repeat(5000)}${']'.repeat(5000)}`).path).toBe('src/a.ts')
    expect(declared(read('with (a) { b() }\nvar c = 010', 'a.js'), 'c')).toMatchObject({ is: 'number' })
  })
})
