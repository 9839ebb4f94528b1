import { describe, expect, it } from 'vitest'
import { readPromql } from './promql.ts'

describe('PromQL', () => {
  it('reads metrics, labels and functions', () => {
    const read = readPromql(
      'sum by (tool) (rate(calls_total{job="notes", outcome!~"ok|skipped"}[5m])) > 0.1 unless on() up',
    )
    expect(read).toEqual({
      fault: null,
      selected: [
        {
          metric: 'calls_total',
          labels: [
            { name: 'job', operator: '=', value: 'notes' },
            { name: 'outcome', operator: '!~', value: 'ok|skipped' },
          ],
        },
        { metric: 'up', labels: [] },
      ],
      functions: ['sum', 'rate'],
    })
  })

  it('takes the name of a metric from a label', () => {
    expect(readPromql('absent({__name__="up", job="notes"})').selected).toMatchObject([
      { metric: 'up', labels: [{ name: 'job' }] },
    ])
  })

  it.each(['rate(foo[5m)', 'sum(', 'a b', ''])('refuses %j', text => {
    expect(readPromql(text).fault).not.toBeNull()
  })
})
