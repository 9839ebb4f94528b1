import { describe, expect, it } from 'vitest'
import { sampleReport } from '../testing/sample-report.ts'
import { redacted } from './redact.ts'

const value = 'p@ss "word"/42'
const secrets = [
  { name: 'API_KEY', value },
  { name: 'SHORT', value: 'p@ss' },
  { name: 'TINY', value: 'a' },
]

const withSaw = (saw: string) => {
  const report = sampleReport()
  for (const { verdicts } of report.items) for (const verdict of verdicts) verdict.evidence = [{ at: saw, saw }]
  report.run.notes = [saw]
  report.run.called = [{ tool: 'x', arguments: JSON.stringify({ saw }), count: 1 }]
  Object.assign(report.server ?? {}, { name: saw })
  report.target.server = saw
  return report
}

describe('redacted', () => {
  it.each([
    ['the value itself', `key ${value}.`, 'key [API_KEY].'],
    ['its JSON', `{"key":${JSON.stringify(value)}}`, '{"key":"[API_KEY]"}'],
    ['its URL form', `https://x/?key=${encodeURIComponent(value)}&a`, 'https://x/?key=[API_KEY]&a'],
    ['its form encoding', `key=${encodeURIComponent(value).replaceAll('%20', '+')}`, 'key=[API_KEY]'],
    ['base64', `Basic ${btoa(value)}`, 'Basic [API_KEY]='],
    ['a cut-off beginning', `key ${value.slice(0, 9)}…`, 'key [API_KEY]…'],
    ['the longest first', 'p@ss', '[SHORT]'],
    ['no value that occurs by chance', 'a banana', 'a banana'],
  ])('hides %s', (_, saw, shown) => {
    const report = redacted(withSaw(saw), secrets)
    expect(report.items[0]?.verdicts[0]?.evidence).toEqual([{ at: shown, saw: shown }])
    expect(report.run.notes).toEqual([shown])
    expect(report.server?.name).toBe(shown)
    expect(report.target.server).toBe(shown)
  })

  it('hides it inside arguments that were written as JSON', () => {
    expect(redacted(withSaw(value), secrets).run.called[0]?.arguments).toBe('{"saw":"[API_KEY]"}')
  })

  it('leaves what the product says itself', () => {
    const report = redacted(sampleReport(), [{ name: 'WORD', value: 'pass' }])
    expect(report.summary).toEqual(sampleReport().summary)
    expect(report.items.map(({ id, status }) => [id, status])).toEqual(
      sampleReport().items.map(({ id, status }) => [id, status]),
    )
  })
})
