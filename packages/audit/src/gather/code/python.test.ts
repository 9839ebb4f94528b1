import { describe, expect, test } from 'vitest'
import { cut, read, show } from '../../testing/python-source.ts'
import { visibleAt, type Range } from './values.ts'

/** What `x = EXPRESSION` gives to x. */
const valueOf = (expression: string): string =>
  show(read(`x = ${expression}\n`).declarations.find(({ name }) => name === 'x')?.value ?? { is: 'unknown' })

describe('expressions', () => {
  test.each([
    ['"a" "b"', 'join("a", "b")'],
    ['f"{a!r:>{w}}-{b.c}"', 'join(repr(a), "-", b.c)'],
    ['"%s is %d%%" % (a, 3)', 'join(a, " is ", 3, "%")'],
    ['"%(n)s!" % {"n": a}', 'join({n: a}.n, "!")'],
    ['"%s %s" % pair', 'join("%s %s", unknown, pair)'],
    ['7 % y', 'unknown'],
    ['a["k"]', 'a.k'],
    ['a[i]', 'a[i]'],
    ['a[0][-1]', 'a[0][-1]'],
    ['a[i, "j"]', 'a[[i, "j"]]'],
    ['a[1:2]', 'a.slice(1, 2)'],
    ['Server[Context]("name")', 'Server("name")'],
    ['Server[dict[str, int], Context]("name")', 'Server("name")'],
    ['tools["a"](1)', 'tools.a(1)'],
    ['TABLE[name](1)', 'TABLE[name](1)'],
    ['self.tools[name](1)', 'self.tools[name](1)'],
    ['a and b or not c', '((a both b) either not c)'],
    ['a < b <= 3', '((a < b) both (b <= 3))'],
    ['a not in b', '(a not in b)'],
    ['a is   not None', '(a is not null)'],
    ['b if t else c', '(b | c if t)'],
    ['await f(await g())', 'await f(await g())'],
    ['(yield)', 'unknown'],
    ['[f(i) for i in a]', '[f(i)]'],
    ['any(p(i) for i in a)', 'any([p(i)])'],
    ['{k: 1 for k in a}', '{: 1}'],
    ['{"a": 1, **b, c: 2}', '{a: 1, ...: b, : 2}'],
    ['f(1, *a, k=2, **b)', 'f(1, *a, k=2, ...=b)'],
    ['y = z', 'z'],
    ['(n := f())', 'f()'],
    ['-1', '-1'],
    ['1_000', '1000'],
  ])('%s', (expression, shown) => {
    expect(valueOf(expression)).toBe(shown)
  })

  test('another name for a class with type parameters is the class', () => {
    const { declarations } = read('AppServer = Server[Context]\nitem = ITEMS[index]\nclass A(Base[int], key=1): ...\n')
    expect(declarations.map(({ value }) => show(value))).toEqual(['Server', 'ITEMS[index]', 'class'])
    expect(declarations[2]?.value).toMatchObject({ bases: [{ is: 'name', name: 'Base' }] })
  })
})

describe('names', () => {
  test('global and nonlocal declare further out and are writes', () => {
    const text = `pool = None
def outer():
    count = 0
    def inner():
        global pool, made
        nonlocal count
        pool = connect()
        made = 1
        count = 2
        local = 3
    return inner
`
    const module = read(text)
    expect(visibleAt(module, 'pool', 0).map(({ value }) => show(value))).toEqual(['null', 'connect()'])
    expect(visibleAt(module, 'made', 0)).toHaveLength(1)
    expect(visibleAt(module, 'count', text.indexOf('return inner')).map(({ value }) => show(value))).toEqual(['0', '2'])
    expect(visibleAt(module, 'local', text.indexOf('return inner'))).toEqual([])
    expect(module.writes.map(({ target, value, line }) => `${line} ${show(target)} ${show(value)}`)).toEqual([
      '7 pool connect()',
      '8 made 1',
      '9 count 2',
    ])
    expect(module.exports.map(({ name }) => name)).toEqual(expect.arrayContaining(['pool', 'made', 'outer']))
  })

  test('writes', () => {
    const text = `a.b = 1
a[k] = 2
n += 1
del a[k], b.c
self.x, y = p, q
del (u)
a.typed: int
`
    const module = read(text)
    expect(module.writes.map(({ target, operator, value }) => `${show(target)} ${operator} ${show(value)}`)).toEqual([
      'a.b = 1',
      'a[k] = 2',
      'n += 1',
      'a[k] delete unknown',
      'b.c delete unknown',
      'self.x = p',
      'u delete unknown',
    ])
    expect(cut(text, module.writes[0] as Range)).toBe('a.b = 1')
    expect(module.calls.map(show)).toEqual(['n.extend(1)'])
  })

  test('patterns, loops and walrus', () => {
    const text = `a, (b, *c) = f()
first, second = 1, "two"
for i, (j, k) in pairs: pass
def g():
    [y := x for x in xs]
    return y
`
    const module = read(text)
    const shown = module.declarations.map(({ name, value }) => `${name} ${show(value)}`)
    expect(shown).toEqual(
      expect.arrayContaining([
        'a f()[0]',
        'b f()[1][0]',
        'c unknown',
        'first 1',
        'second "two"',
        'i element(pairs)[0]',
        'j element(pairs)[1][0]',
      ]),
    )
    const inside = text.indexOf('return y')
    expect(visibleAt(module, 'y', inside)).toHaveLength(1)
    expect(visibleAt(module, 'x', inside)).toHaveLength(0)
  })

  test('parameters', () => {
    const { functions, declarations } = read('async def f(a, /, b: int = 1, *args: str, c=2, **kw):\n    yield a\n')
    expect(functions).toMatchObject([
      { isAsync: true, isGenerator: true, parameters: ['a', 'b', '*args', 'c', '**kw'] },
    ])
    expect(declarations.map(({ name, value, type }) => `${name} ${show(value)} ${type}`)).toEqual([
      'f function null',
      'a parameter 0 a null',
      'b parameter 1 b=1 int',
      'args unknown str',
      'c parameter 3 c=2 null',
      'kw unknown null',
    ])
  })
})

describe('texts', () => {
  test.each([
    [String.raw`"a\n\x41\u00e9\U0001F600\101\q"`, '"a\\nA\u00e9\u{1F600}A\\\\q"'],
    [String.raw`r"\d\n"`, '"\\\\d\\\\n"'],
    [String.raw`Rb'\w'`, '"\\\\w"'],
    ['f"{{a}}"', '"{a}"'],
    ['"{{a}}"', '"{{a}}"'],
    ['f"{d["k"]}"', 'join(d.k)'],
    ["'''it's \"so\"'''", '"it\'s \\"so\\""'],
    ['""', '""'],
  ])('%s', (expression, shown) => {
    expect(valueOf(expression)).toBe(shown)
  })
})

test('a docstring is a statement of its own', () => {
  const { functions, tries } = read(
    'def f():\n    return "x"\ndef g():\n    "says"\ntry: pass\nexcept E:\n    return ""\n',
  )
  expect(functions.map(({ documented }) => documented)).toEqual([false, true])
  expect(tries[0]?.handlers[0]?.empty).toBe(false)
})

test('line numbers and offsets are those of the text', () => {
  const text = '# \u{1F600} \u00e9\nx = f("\u{1F600}")\n'
  const [call] = read(text).calls
  expect(call).toMatchObject({ line: 2 })
  expect(text.slice(call?.at, call?.end)).toBe('f("\u{1F600}")')
  expect(read('\uFEFFf()\n').calls).toMatchObject([{ line: 1, at: 1 }])
})

describe('what cannot be read', () => {
  test('is named and does not hide the rest', () => {
    const module = read('def f():\n    first()\n\nx = = 3 )\n\ndef g():\n    second()\n')
    expect(module.calls.map(show)).toEqual(expect.arrayContaining(['first()', 'second()']))
    expect(module.declarations.map(({ name }) => name)).toEqual(expect.arrayContaining(['f', 'g']))
    expect(module.broken).toEqual({ line: 4, because: 'it does not parse' })
    expect(read('x = "abc\ny = f()\n')).toMatchObject({ broken: { line: 1 }, calls: [{ callee: { name: 'f' } }] })
  })

  test('nests without end', () => {
    for (const text of [
      '('.repeat(20_000),
      `a${'.b()'.repeat(20_000)}`,
      'not '.repeat(20_000),
      `a${'[0]'.repeat(20_000)}`,
    ])
      expect(read(text).broken).toBeDefined()
  })

  test('long chains are read to the end', () => {
    const { calls, guards, broken } = read(
      `x = f()${' + f()'.repeat(2000)}\nif a: pass\n${'elif b: g()\n'.repeat(2000)}y = f()${' or f()'.repeat(2000)}\n`,
    )
    expect([calls.length, guards.length, broken]).toEqual([6002, 2001, undefined])
  })
})
