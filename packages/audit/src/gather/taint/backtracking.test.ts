import { describe, expect, it } from 'vitest'
import { isExponential } from './backtracking.ts'

const answer = (text: string, flags = ''): boolean => isExponential({ text, flags })

describe('patterns that take for ever', () => {
  it.each([
    '(a+)+$',
    '(a|a)+x',
    '(?:.b|a.)+x',
    '(\\w|_)*!',
    '(?:a|aa)+$',
    '\\?\\?((?:.[^?]|[^?].)+)\\?\\?',
    '^((?:\\d|[0-9]))+ $',
    '((?P<one>a|b|[ab])+)c',
    '^([a-z]{2,4})+$',
    '(?:[a-z]{1,3}-?)+$',
    '(a|b|ab)*c',
  ])('finds %s', pattern => {
    expect(answer(pattern)).toBe(true)
  })
  it.each([
    '(a|b)+x',
    '(?:\\\\.|[^"\\\\])*"',
    '(?:[^-]|-[^-]|--[^>])+-->',
    '\\?\\?([^?]+(?:\\?[^?]+)*)\\?\\?',
    '(?:.|\\n)*?x',
    '(a|a)+',
    '(?:ab|ac)+x',
    '(\\w|_){1,3}!',
    '^(?:[a-z]|\\d)+$',
    '(?:foo|foobar)+$',
    '(?:\\d{1,3}\\.)+$',
    '(?:[A-Za-z0-9+/]{4})*=',
    '(?:\\s?\\w)+$',
    '(?:,\\d{3})*;',
    '(?:[0-9a-f]{1,4}:){7}x',
  ])('says nothing about %s', pattern => {
    expect(answer(pattern)).toBe(false)
  })
  it('knows what flags change', () => {
    expect([answer('(a|A)+x'), answer('(a|A)+x', 'i'), answer('(?:.|\\n)*x', 's')]).toEqual([false, true, true])
  })
})
