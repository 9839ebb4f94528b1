import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { MarkupProbe } from '../../gather/markup.ts'
import outputEscaping from './output-escaping.ts'

const judge = (probes: Partial<MarkupProbe>[], mimeType = 'text/plain'): Verdict =>
  outputEscaping.checks[0].judge({
    markup: {
      probes: probes.map(probe => ({ at: 'GET /', answered: true, isHtml: true, raw: null, ...probe })),
      untried: ['resources/read ui://{x}'],
    },
    lists: { resourceTemplates: [{ mimeType }] },
  })

describe('output-escaping', () => {
  it('fails markup that comes back in HTML', () => {
    expect(judge([{ raw: '<airworthy-1>' }])).toMatchObject({ status: 'fail' })
    expect(judge([{}])).toMatchObject({ status: 'pass' })
  })
  it('does not apply where nothing is HTML', () => {
    expect(judge([{ isHtml: false }])).toMatchObject({ status: 'not-applicable' })
  })
  it('leaves open a page that could not be read', () => {
    expect(judge([{ isHtml: false, answered: false }], 'text/html')).toMatchObject({ status: 'unknown' })
  })
})
