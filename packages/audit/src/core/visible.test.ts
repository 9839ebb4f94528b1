import { describe, expect, it } from 'vitest'
import { visible } from './visible.ts'

describe('visible', () => {
  it.each([
    ['\u001B[31mred', String.raw`\x1b[31mred`],
    ['a\nb\tc\r', String.raw`a\nb\tc\r`],
    ['\u0000\u007F\u009B', String.raw`\x00\x7f\x9b`],
    ['user\u202Etxt.exe', String.raw`user\u{202e}txt.exe`],
    ['zero\u200Bwidth\uFEFF', String.raw`zero\u{200b}width\u{feff}`],
    ['tag\u{E0041}', String.raw`tag\u{e0041}`],
    ['filler\u3164', String.raw`filler\u{3164}`],
    ['half\uD800', String.raw`half\u{d800}`],
    ['line\u2028break', String.raw`line\u{2028}break`],
  ])('shows what %j hides', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })

  it.each(['plain text', 'Grüße, 東京', 'warning ⚠\uFE0F here', 'naïve'])('leaves %j as it is', text => {
    expect(visible(text)).toBe(text)
  })

  it('makes every kind of space a space and stops piles of marks', () => {
    expect(visible('a\u00A0b\u3000c')).toBe('a b c')
    expect(visible(`e${'\u0301'.repeat(50)}`)).toBe('e\u0301\u0301…')
  })

  it('cuts to the limit, also a text of many megabytes', () => {
    expect(visible('x'.repeat(11), 10)).toBe(`${'x'.repeat(9)}…`)
    expect(visible('x'.repeat(10), 10)).toBe('x'.repeat(10))
    expect(visible('\n'.repeat(50_000_000), 20)).toHaveLength(20)
  })
})
