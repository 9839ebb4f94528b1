import { describe, expect, it } from 'vitest'
import { readLines } from './lines.ts'

const read = (chunks: string[], max = 1000) => {
  const lines: [string, boolean][] = []
  const overlong: string[] = []
  const reader = readLines(
    max,
    (text, terminated) => lines.push([text, terminated]),
    head => overlong.push(head),
  )
  for (const chunk of chunks) reader.push(Buffer.from(chunk))
  reader.end()
  return { lines, overlong }
}

describe('readLines', () => {
  it('joins what arrives in pieces', () => {
    expect(read(['{"a"', ':1}\n{"b":2}', '\n']).lines).toEqual([
      ['{"a":1}', true],
      ['{"b":2}', true],
    ])
  })

  it('tells of a last line without an end', () => {
    expect(read(['one\ntwo']).lines).toEqual([
      ['one', true],
      ['two', false],
    ])
  })

  it('drops an overlong line and reads on at the next', () => {
    const { lines, overlong } = read(['x'.repeat(8), 'x'.repeat(8), 'x'.repeat(900), '\nshort\n'], 10)
    expect(lines).toEqual([['short', true]])
    expect(overlong).toEqual(['x'.repeat(16)])
  })

  it('does not break characters that come in two chunks', () => {
    const bytes = Buffer.from('größe\n')
    const lines: string[] = []
    const reader = readLines(
      100,
      text => lines.push(text),
      () => {},
    )
    reader.push(bytes.subarray(0, 3))
    reader.push(bytes.subarray(3))
    expect(lines).toEqual(['größe'])
  })
})
