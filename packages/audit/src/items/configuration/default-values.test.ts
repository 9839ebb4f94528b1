import { describe, expect, it } from 'vitest'
import type { DefaultStart } from '../../gather/default-start.ts'
import { judgeStandIn } from '../../testing/stand-in.ts'
import defaultValues from './default-values.ts'

const started: DefaultStart = { asked: [], outcome: 'started', tools: 3, words: '', code: null, left: [] }
const key = { name: 'NOTES_API_KEY', said: 'NOTES_API_KEY is needed' }

describe('default-values', () => {
  it.each([
    ['a start without anything', {}, 'pass'],
    ['one that asks for what it needs', { asked: [key] }, 'pass'],
    ['one that says nothing', { outcome: 'silent', code: 1, left: ['NOTES_API_KEY'] }, 'fail'],
    ['one that asks for one thing and needs another', { outcome: 'silent', asked: [key] }, 'fail'],
    ['one that needs something of this shell', { outcome: 'needs-more' }, 'unknown'],
  ] as [string, Partial<DefaultStart>, string][])('judges %s', (_, given, status) => {
    expect(defaultValues.checks[0].judge({ defaultStart: { ...started, ...given } })).toMatchObject({ status })
  })

  it('passes a server that needs nothing', async () => {
    expect((await judgeStandIn(defaultValues)).status).toBe('pass')
  })
})
