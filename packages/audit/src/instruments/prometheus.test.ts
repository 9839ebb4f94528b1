import { describe, expect, it } from 'vitest'
import { readExposition } from './prometheus.ts'

describe('readExposition', () => {
  it('reads labelled histograms, special values and escapes', () => {
    const { samples, types, faults } = readExposition(`# HELP d seconds
# TYPE d histogram
d_bucket{tool="a",le="0.1"} 2
d_bucket{tool="a",le="+Inf"} 3
d_count{tool="a"} 3
up 1 1700000000
odd{text="a \\"b\\", c\\\\d\\ne",} +Inf
nothing NaN
`)
    expect(faults).toEqual([])
    expect(types).toEqual({ d: 'histogram' })
    expect(samples[1]).toEqual({ name: 'd_bucket', labels: { tool: 'a', le: '+Inf' }, value: 3 })
    expect(samples[4]).toEqual({ name: 'odd', labels: { text: 'a "b", c\\d\ne' }, value: Infinity })
    expect(samples[5]?.value).toBeNaN()
  })

  it('tells of lines that are none', () => {
    expect(readExposition('<html>\nup{a=b} 1\nup one\n').faults).toEqual(['<html>', 'up{a=b} 1', 'up one'])
  })
})
