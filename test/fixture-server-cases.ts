import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faults } from '../fixtures/servers/typescript/src/faults.ts'
import { audit, type ItemResult } from '../packages/audit/src/api.ts'
import { loadItems } from '../packages/audit/src/catalogue.ts'
import type { Impact } from '../packages/audit/src/core/item.ts'
import { stopEverything } from '../packages/audit/src/target/process.ts'
import {
  fixtureServer,
  impactOf,
  isLive,
  missing,
  neighbours,
  serverFaults,
  type FixtureLanguage,
  type Transport,
} from '../packages/audit/src/testing/fixture-servers.ts'

const items = await loadItems()
const all = serverFaults(items, Object.keys(faults))
/** Its fault keeps the server from starting, so that nothing else can be seen. */
const hidesEverything = new Set(['startup-script'])
/** Decided against the repository, which a fixture server has not. */
const besideRepository = new Set(['tool-registration', 'api-documentation', 'tool-tests'])

const decided = (results: ItemResult[]): Record<string, string> =>
  Object.fromEntries(results.filter(({ status }) => status !== 'not-applicable').map(({ id, status }) => [id, status]))

const explain = (results: ItemResult[], id: string): string =>
  JSON.stringify(results.find(item => item.id === id)?.verdicts.filter(({ status }) => status !== 'pass'))

/**
 * Describes the good server of a language over a transport, and what each of its faults changes. A fault is held against
 * the items that look at the same artifacts; `npm run bench:accuracy` holds every fault against all items.
 */
export const describeServer = (language: FixtureLanguage, transport: Transport): void => {
  const auditFixture = async (only: string[], impact: Impact, fault?: string): Promise<ItemResult[]> => {
    const [report] = await audit({ target: fixtureServer(language, transport, fault), impact, only })
    if (!report) throw new Error('no report')
    return report.items
  }

  const reason = missing(language)
  const skipped = reason ? ` — skipped: ${reason}` : ''
  describe.skipIf(reason)(`the ${language} server over ${transport}${skipped}`, () => {
    let good: ItemResult[] = []
    beforeAll(async () => {
      const live = items.filter(isLive)
      good = await auditFixture(
        live.map(({ id }) => id),
        'stress',
      )
    }, 300_000)
    afterAll(stopEverything)

    it('passes every live proof that applies', () => {
      const live = good.filter(({ verdicts }) => verdicts.some(({ proof }) => proof === 'live'))
      const failing = live.filter(({ status }) => status === 'fail').map(({ id }) => `${id} ${explain(good, id)}`)
      expect(failing).toEqual([])
      const undecided = live.filter(({ status, id }) => status === 'unknown' && !besideRepository.has(id))
      expect(undecided.map(({ id }) => `${id} ${explain(good, id)}`)).toEqual([])
      expect(live.filter(({ status }) => status === 'pass').length).toBeGreaterThan(transport === 'http' ? 20 : 15)
    })

    const cases = all.filter(fault => fault.transport === transport).map(fault => [fault.name, fault] as const)
    it.each(cases)('fails %s, and nothing else, with that fault', { timeout: 120_000 }, async (name, { item }) => {
      const broken = await auditFixture(neighbours(item, items), impactOf(item), name)
      expect(`${decided(broken)[item.id]} ${explain(broken, item.id)}`).toMatch(/^fail /)
      const before = decided(good)
      const changed = Object.entries(decided(broken)).filter(
        ([other, status]) =>
          other !== item.id &&
          other in before &&
          status !== before[other] &&
          !(status === 'unknown' && (hidesEverything.has(item.id) || impactOf(item) !== 'stress')),
      )
      expect(changed.map(([other, status]) => `${other} ${status} ${explain(broken, other)}`)).toEqual([])
    })
  })
}

/** Every item that a running server alone can fail has a fault. */
export const itemsWithoutFault = (): string[] =>
  items.filter(item => isLive(item) && !all.some(fault => fault.item === item)).map(({ id }) => id)
