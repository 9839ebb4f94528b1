import { describe, expect, it } from 'vitest'
import { linesWithin, type DeclaredRuntimes } from '../../gather/declared-runtimes.ts'
import { answerTo } from '../../testing/judging.ts'
import declaredRuntime from './declared-runtime.ts'

const started = { name: 'Node 22', started: true, saw: 'handshake after 300 ms' }
const judge = (seen: Partial<DeclaredRuntimes>) =>
  answerTo(declaredRuntime, { declaredRuntimes: { declared: 'node >=20', tried: [started], ...seen } }).status

describe('declared-runtime', () => {
  it('passes a start under each version', () => {
    expect(judge({ tried: [started, { ...started, name: 'Node 24' }] })).toBe('pass')
  })

  it('fails one that does not start, whatever else could not be tried', () => {
    const unmet = { name: 'Node 20', started: false, saw: 'SyntaxError' }
    expect(judge({ tried: [started, unmet, { ...started, started: null }] })).toBe('fail')
  })

  it('leaves open a version that could not be had', () => {
    expect(judge({ tried: [started, { name: 'Node 24', started: null, saw: 'no registry' }] })).toBe('unknown')
    expect(judge({ tried: [] })).toBe('unknown')
  })

  it('does not concern a package that declares nothing', () => {
    expect(judge({ declared: null, tried: [] })).toBe('not-applicable')
  })

  it.each([
    ['>=20.19', ['20', '22', '24']],
    ['^20.19.0 || >=22.12.0', ['20', '22', '24']],
    ['>=18 <23', ['18', '20', '22']],
    ['22.x', ['22']],
    ['^22.1.0', ['22']],
  ])('knows the release lines within %s', (range, expected) => {
    expect(linesWithin('node', range)).toEqual(expected)
  })

  it('knows those of Python', () => {
    expect(linesWithin('python', '>=3.11,<3.13')).toEqual(['3.11', '3.12'])
  })
})
