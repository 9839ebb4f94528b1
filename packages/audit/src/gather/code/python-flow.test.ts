import { describe, expect, test } from 'vitest'
import { cut, read, show } from '../../testing/python-source.ts'
import type { Range } from './values.ts'

describe('flow', () => {
  test('guards', () => {
    const text = `def f(x):
    if not x:
        log()
        raise E()
    elif x.y is None:
        sys.exit(1)
    else:
        # last
        return 2
    if a:
        if b: continue
        else: break
    assert isinstance(x, str), "m"
    if c: pass
    elif d: return
`
    const { guards } = read(text)
    expect(
      guards.map(({ test, line, consequent, alternate }) => [
        line,
        show(test),
        consequent.leaves,
        alternate && [alternate.leaves, cut(text, alternate).slice(0, 8)],
      ]),
    ).toEqual([
      [2, 'not x', 'throw', ['throw', 'elif x.y']],
      [5, '(x.y is null)', 'throw', ['return', 'return 2']],
      [10, 'a', 'loop', null],
      [11, 'b', 'loop', ['loop', 'break']],
      [13, 'not isinstance(x, str)', 'throw', null],
      [14, 'c', null, [null, 'elif d: ']],
      [15, 'd', 'return', null],
    ])
    expect(cut(text, guards[0]?.consequent as Range)).toBe('log()\n        raise E()')
  })

  test('tries', () => {
    const text = `try:
    a()
    b()
except (A, m.B) as e:
    raise X from e
except C:
    pass
except:
    ...
else:
    d()
finally:
    z()
try: q()
except* (D):
    return 1
`
    const { tries, throws } = read(text)
    const [first, second] = tries
    expect(
      first?.handlers.map(({ types, binds, empty, leaves, line }) => [types.map(show), binds, empty, leaves, line]),
    ).toEqual([
      [['A', 'm.B'], 'e', false, 'throw', 4],
      [['C'], null, true, null, 6],
      [[], null, true, null, 8],
    ])
    expect(cut(text, first?.body ?? { at: 0, end: 0 })).toBe('a()\n    b()')
    expect(cut(text, first?.finally ?? { at: 0, end: 0 })).toBe('z()')
    expect(second).toMatchObject({ finally: null, handlers: [{ types: [{ name: 'D' }], leaves: 'return' }] })
    expect(throws.map(({ value, line }) => `${line} ${show(value)}`)).toEqual(['5 X'])
  })

  test('loops, contexts, returns', () => {
    const text = `async def f():
    async with a as b, c():
        async for x in y: pass
    while n := g():
        return
    with (open("p") as p, q):
        return {i: j for i in k async for j in m(i)}
    h(lambda: 3)
`
    const { loops, contexts, returns, functions } = read(text)
    expect(loops.map(({ kind, of, line }) => `${line} ${kind} ${show(of)}`)).toEqual([
      '3 for y',
      '4 while g()',
      '7 comprehension k',
      '7 comprehension m(i)',
    ])
    expect(contexts.map(({ value, isAsync }) => `${isAsync ?? false} ${show(value)}`)).toEqual([
      'true a',
      'true c()',
      'false open("p")',
      'false q',
    ])
    expect(returns.map(({ value, line }) => `${line} ${show(value)}`)).toEqual(['5 null', '7 {: j}', '8 3'])
    expect(functions.map(({ returns: given }) => given.map(show))).toEqual([['{: j}'], ['3']])
  })

  test('what a match and a comparison compare with', () => {
    const { compared } = read(`match name:
    case "a" | "b": pass
    case Tool.C: pass
    case {"k": v}: pass
    case other: pass
if name == "d": pass
`)
    const shown = compared.map(({ value, line }) => `${line} ${show(value)}`)
    expect(shown.filter(text => !text.endsWith('unknown'))).toEqual(['2 "a"', '2 "b"', '3 Tool.C', '6 "d"'])
  })

  test('calls that are awaited, dropped, or neither', () => {
    const { calls } = read(`async def f():
    a()
    await b()
    c = d()
    (e())
    await (g())
    return h()
`)
    expect(calls.map(one => [show(one.callee), one.awaited ?? false, one.dropped ?? false])).toEqual([
      ['a', false, true],
      ['b', true, false],
      ['d', false, false],
      ['e', false, true],
      ['g', true, false],
      ['h', false, false],
    ])
  })
})
