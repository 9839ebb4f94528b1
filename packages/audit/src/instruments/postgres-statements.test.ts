import { describe, expect, it } from 'vitest'
import { listenToPostgres } from './postgres-statements.ts'

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const message = (type: string, ...texts: string[]): Buffer => {
  const body = Buffer.from(texts.map(text => `${text}\0`).join(''))
  return Buffer.concat([Buffer.from(type), int(body.length + 4), body])
}
const begin = Buffer.concat([int(16), int(3 << 16), Buffer.from('user\0a\0\0')])
const tls = Buffer.concat([int(8), int(80_877_103)])

const heard = (...chunks: Buffer[]): string[] | null => {
  const statements = listenToPostgres()
  const connection = {}
  for (const chunk of chunks) statements.heard(connection, chunk)
  return statements.sent()?.map(({ text }) => text) ?? null
}

describe('what is asked of PostgreSQL', () => {
  const asked = Buffer.concat([
    begin,
    message('p', 'secret'),
    message('Q', 'BEGIN'),
    message('P', 's1', 'SELECT $1'),
    message('B', '', 's1'),
    message('E', ''),
    message('S'),
    message('B', '', 's1'),
    message('P', '', 'SELECT 2'),
    message('B', '', ''),
    message('X'),
  ])
  const wanted = ['BEGIN', 'SELECT $1', 'SELECT $1', 'SELECT 2']

  it('is read from whole messages and from pieces, after a refused TLS', () => {
    expect(heard(asked)).toEqual(wanted)
    expect(heard(tls, asked)).toEqual(wanted)
    expect(heard(...Array.from(asked, byte => Buffer.from([byte])))).toEqual(wanted)
  })

  it('is one statement where many values are sent before an answer is waited for', () => {
    const many = ['P', 'B', 'E', 'B', 'E', 'B', 'E', 'S'].map(type =>
      message(type, '', type === 'P' ? 'INSERT INTO a VALUES ($1)' : ''),
    )
    expect(heard(begin, ...many)).toHaveLength(1)
    expect(heard(begin, ...many, ...many)).toHaveLength(2)
  })

  it('is answered with rows', () => {
    const statements = listenToPostgres()
    const connection = {}
    statements.heard(connection, tls)
    statements.answered(connection, Buffer.from('N'))
    statements.heard(connection, Buffer.concat([begin, message('Q', 'SELECT 1')]))
    const answer = Buffer.concat([message('T', 'a'), message('D', 'x'.repeat(99)), message('D', 'D'), message('C')])
    statements.answered(connection, answer)
    for (const byte of answer) statements.answered(connection, Buffer.from([byte]))
    statements.heard(connection, message('Q', 'SELECT 2'))
    statements.answered(connection, message('D', 'x'))
    expect(statements.sent()?.map(({ rows }) => rows)).toEqual([4, 1])
  })

  it('counts a statement that is too long to be kept', () => {
    expect(heard(begin, message('Q', 'x'.repeat(2_000_000)), message('Q', 'SELECT 1'))).toEqual(['', 'SELECT 1'])
    const long = message('Q', 'x'.repeat(2_000_000))
    expect(heard(begin, long.subarray(0, 900), long.subarray(900), message('Q', 'SELECT 1'))).toEqual(['', 'SELECT 1'])
  })

  it.each([
    ['another protocol', [Buffer.from('*1\r\n$4\r\nPING\r\n')]],
    ['TLS', [tls, Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])]],
    ['what follows no rule', [begin, Buffer.from([1, 2, 3, 4, 5, 6])]],
  ])('is not told of %s', (_, chunks) => {
    expect(heard(...chunks)).toBe(null)
  })
})
