import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../core/events.ts'
import { check, gatherer, Undecided, type Gatherer, type Item } from '../core/item.ts'
import type { RowCounts } from '../core/report.ts'
import { pass } from '../core/verdict.ts'
import { bareTarget } from '../testing/repositories.ts'
import { auditTarget } from './audit.ts'

const fact = gatherer({ id: 'fact', impact: 'read', from: 'settings', gather: () => 'the key is hunter22' })
const broken = gatherer({
  id: 'broken',
  impact: 'read',
  from: 'settings',
  gather: () => {
    throw new TypeError('no such thing')
  },
})
const asService = gatherer({
  id: 'circumstances',
  impact: 'read',
  from: 'settings',
  gather: () => ({ profile: 'service' as const, transport: 'http' as const }),
})
const silent = gatherer({
  id: 'circumstances',
  impact: 'read',
  from: 'settings',
  gather: (): { profile: 'service' } => {
    throw new Undecided('it did not start')
  },
})

const itemOn = (id: string, area: string, row: number, need: Gatherer, applies?: Item['applies']): Item => ({
  id,
  area,
  rows: [row],
  title: id,
  level: 'must',
  why: 'why',
  how: 'how',
  refs: ['https://example.org/'],
  ...(applies ? { applies } : {}),
  checks: [check({ asks: 'Is it so?', needs: { need }, judge: ({ need }) => pass({ at: 'x', saw: String(need) }) })],
})
const items = [
  itemOn('zebra', 'b', 3, fact),
  itemOn('apple', 'b', 1, broken),
  itemOn('mango', 'a', 2, fact, { profile: 'local' }),
]

const auditWith = (given: Partial<Parameters<typeof auditTarget>[0]> = {}) => {
  const events: AuditEvent[] = []
  const report = auditTarget({
    target: bareTarget({ secrets: [{ name: 'KEY', value: 'hunter22' }] }),
    items,
    impact: 'read',
    circumstances: [asService],
    lanes: 2,
    listener: event => events.push(event),
    tool: { name: 'mcp-airworthy', version: '0.1.0' },
    endLending: () => Promise.resolve(),
    settle: () => Promise.resolve([]),
    notes: ['taken from the test'],
    ...given,
  })
  return report.then(report => ({ report, events }))
}

describe('auditTarget', () => {
  it('judges what counts the rows when all others are judged, and leaves its own row out', async () => {
    const rowCounts = gatherer<RowCounts>({
      id: 'counts',
      impact: 'read',
      from: 'settings',
      gather: () => Promise.reject(),
    })
    const judge = ({ counts }: { counts: RowCounts }) =>
      pass({ at: 'rows', saw: `${counts.total}: ${counts.attested}` })
    const counting = {
      ...itemOn('aaa', 'a', 160, fact),
      checks: [check({ asks: 'All?', needs: { counts: rowCounts }, judge })],
    }
    const { report } = await auditWith({ items: [...items, counting as Item], rowCounts })
    expect(report.items[0]).toMatchObject({ id: 'aaa', status: 'pass', verdicts: [{ evidence: [{ saw: '168: 1' }] }] })
  })

  it('orders, judges and counts', async () => {
    const { report } = await auditWith()
    expect(report.items.map(({ id, status }) => [id, status])).toEqual([
      ['mango', 'not-applicable'],
      ['apple', 'unknown'],
      ['zebra', 'pass'],
    ])
    expect(report.profile).toBe('service')
    expect(report.summary).toMatchObject({
      total: 169,
      attested: 1,
      unknown: 1,
      'not-applicable': 1,
      'not-covered': 166,
    })
  })

  it('owns up to its own faults', async () => {
    const { report } = await auditWith()
    expect(report.run.notes).toEqual([
      'taken from the test',
      'a fault of the audit itself, in broken: TypeError: no such thing',
    ])
  })

  it('hides secrets', async () => {
    const { report } = await auditWith()
    expect(JSON.stringify(report)).not.toContain('hunter22')
    expect(report.items[2]?.verdicts[0]?.evidence).toEqual([{ at: 'x', saw: 'the key is [KEY]' }])
  })

  it('takes the profile from the flag, then the settings, then the circumstances, then local', async () => {
    const settled = bareTarget({ settings: { profile: 'complete' } })
    const profileOf = async (given: Parameters<typeof auditWith>[0]) => (await auditWith(given)).report.profile
    expect(await profileOf({ profile: 'local', target: settled })).toBe('local')
    expect(await profileOf({ target: settled })).toBe('complete')
    expect(await profileOf({})).toBe('service')
    expect(await profileOf({ circumstances: [silent] })).toBe('local')
  })

  it('gathers nothing for what does not apply or was left out', async () => {
    const { events, report } = await auditWith({ only: ['mango'] })
    expect(events.filter(({ type }) => type === 'gathering')).toEqual([{ type: 'gathering', id: 'circumstances' }])
    expect(events).toContainEqual({ type: 'planned', gatherers: 1, items: 1, stress: [] })
    expect(report.rows.slice(0, 4).map(({ status }) => status)).toEqual([
      'unknown',
      'not-applicable',
      'unknown',
      'not-covered',
    ])
  })
})
