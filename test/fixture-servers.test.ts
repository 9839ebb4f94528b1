import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit, type ItemResult } from '../packages/audit/src/api.ts'
import { loadItems } from '../packages/audit/src/catalogue.ts'
import { stopEverything } from '../packages/audit/src/target/process.ts'
import { faultTransport, fixtureServer, missing, neighbours } from '../packages/audit/src/testing/fixture-servers.ts'
import type { FixtureLanguage, Transport } from '../packages/audit/src/testing/fixture-servers.ts'

const items = await loadItems()
/** Its fault keeps the server from starting, so that nothing else can be seen. */
const hidesEverything = new Set(['startup-script'])

/**
 * A Python server takes a second to start, and an audit starts it thirty times: its faults are held against the items that
 * look at the same artifacts. `npm run bench:accuracy` holds every fault against all items.
 */
const lookedAt = (language: FixtureLanguage, fault: string | undefined): string[] => {
  const item = items.find(({ id }) => id === fault)
  return language === 'python' && item ? neighbours(item, items) : items.map(({ id }) => id)
}

const auditFixture = async (language: FixtureLanguage, transport: Transport, fault?: string): Promise<ItemResult[]> => {
  const target = fixtureServer(language, transport, fault)
  const [report] = await audit({ target, impact: 'call', only: lookedAt(language, fault) })
  if (!report) throw new Error('no report')
  return report.items
}

const decided = (results: ItemResult[]): Record<string, string> =>
  Object.fromEntries(results.filter(({ status }) => status !== 'not-applicable').map(({ id, status }) => [id, status]))

const explain = (results: ItemResult[], id: string): string =>
  JSON.stringify(results.find(item => item.id === id)?.verdicts.filter(({ status }) => status !== 'pass'))

afterAll(stopEverything)

describe.each(['typescript', 'python'] as const)('the %s server', language => {
  const reason = missing(language)
  if (reason) {
    it.skip(`is audited — skipped: ${reason}`, () => {})
    return
  }
  describe.each(['stdio', 'http'] as const)('over %s', transport => {
    let good: ItemResult[] = []
    const cases = items.filter(item => faultTransport(item) === transport).map(({ id }) => id)

    beforeAll(async () => {
      good = await auditFixture(language, transport)
    }, 120_000)

    it('passes every live proof that applies', () => {
      const live = good.filter(({ verdicts }) => verdicts.some(({ proof }) => proof === 'live'))
      const failing = live.filter(({ status }) => status === 'fail').map(({ id }) => `${id} ${explain(good, id)}`)
      expect(failing).toEqual([])
      const besideRepository = new Set(['tool-registration', 'api-documentation', 'tool-tests'])
      const undecided = live.filter(({ status, id }) => status === 'unknown' && !besideRepository.has(id))
      expect(undecided.map(({ id }) => `${id} ${explain(good, id)}`)).toEqual([])
      expect(live.filter(({ status }) => status === 'pass').length).toBeGreaterThan(transport === 'http' ? 20 : 15)
    })

    it.each(cases)('fails %s, and nothing else, with that fault', { timeout: 120_000 }, async id => {
      const broken = await auditFixture(language, transport, id)
      expect(decided(broken)[id], explain(broken, id)).toBe('fail')
      const before = decided(good)
      const changed = Object.entries(decided(broken)).filter(
        ([other, status]) =>
          other !== id && status !== before[other] && !(hidesEverything.has(id) && status === 'unknown'),
      )
      expect(changed.map(([other, status]) => `${other} ${status} ${explain(broken, other)}`)).toEqual([])
    })
  })
})
