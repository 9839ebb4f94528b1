import { describe, expect, it } from 'vitest'
import { showProgress } from './progress.ts'

const sinkOf = (isTTY: boolean) => {
  const written: string[] = []
  return { written, isTTY, columns: 40, write: (text: string) => written.push(text) }
}

describe('progress', () => {
  it('rewrites one line on a terminal and takes it away', () => {
    const sink = sinkOf(true)
    const progress = showProgress(sink, () => 8000)
    progress.listener({ type: 'planned', gatherers: 27, items: 40, stress: [] })
    progress.listener({ type: 'gathering', id: 'tool-calls' })
    progress.listener({ type: 'gathered', id: 'tool-calls', ms: 1, outcome: 'done' })
    progress.listener({ type: 'gathering', id: 'burst' })
    progress.listener({ type: 'gathering', id: 'a-gatherer-with-a-very-long-name' })
    expect(sink.written.at(-1)).toBe('\r\u001B[2K  1/27 gathering: burst, a-gatherer-wit')
    progress.end()
    expect(sink.written.at(-1)).toBe('\r\u001B[2K')
    expect(sink.written.join('')).not.toContain('\n')
  })

  it('prints plain lines elsewhere, seconds apart', () => {
    const sink = sinkOf(false)
    let now = 0
    const progress = showProgress(sink, () => now)
    progress.listener({ type: 'target', name: 'weather\u001B[2J', number: 1, of: 1 })
    progress.listener({ type: 'planned', gatherers: 2, items: 3, stress: [] })
    progress.listener({ type: 'gathering', id: 'burst' })
    now = 4000
    progress.listener({ type: 'gathering', id: 'soak' })
    now = 6000
    progress.listener({ type: 'gathered', id: 'burst', ms: 6000, outcome: 'done' })
    progress.listener({ type: 'judged', items: 3 })
    progress.end()
    expect(sink.written).toEqual([
      'airworthy: auditing weather\\x1b[2J\n',
      'airworthy: 1/2 gathering: soak · 6 s\n',
      'airworthy: judged 3 items after 6 s\n',
    ])
  })

  it('tells before it begins what stress the server will be under', () => {
    const sink = sinkOf(true)
    const progress = showProgress(sink, () => 1000)
    progress.listener({ type: 'gathering', id: 'lists' })
    progress.listener({ type: 'planned', gatherers: 2, items: 3, stress: ['calls it often, again and '.repeat(4)] })
    progress.end()
    const told = sink.written.find(text => text.startsWith('  - '))
    expect(told).toContain('calls it often, again and calls')
    expect(told?.split('\n').every(line => line.length < 80)).toBe(true)
  })
})
