import { afterAll, describe, expect, it } from 'vitest'
import { faults } from '../fixtures/servers/typescript/src/faults.ts'
import { audit, type ItemResult } from '../packages/audit/src/api.ts'
import { loadItems } from '../packages/audit/src/catalogue.ts'
import type { Impact, Item } from '../packages/audit/src/core/item.ts'
import { stopEverything } from '../packages/audit/src/target/process.ts'
import {
  alsoFails,
  mayFail,
  derivedItems,
  fixtureServer,
  impactOf,
  isLive,
  missing,
  missingDatabase,
  neighbours,
  removeSettings,
  serverFaults,
  type FixtureLanguage,
  type ServerFault,
  type Transport,
} from '../packages/audit/src/testing/fixture-servers.ts'

const items = (await loadItems()).filter(isLive)
const everywhere = process.env['AIRWORTHY_FAULTS'] === 'all'
const all = serverFaults(items, Object.keys(faults))
/** Its fault keeps the server from starting, so that nothing else can be seen. */
const hidesEverything = new Set(['startup-script'])
/** Decided against the repository or by how it was shipped; a fixture server has neither. */
const besideRepository = new Set([
  'tool-registration',
  'api-documentation',
  'tool-tests',
  'mcpb-manifest',
  'production-testing',
  'resource-limits',
])

/** Their failing takes from 17 to 49 s: they wait for a server that hangs, or load it for long. */
const slow = new Set([
  'backpressure',
  'connection-cleanup',
  'deadlock-free',
  'file-handles',
  'memory-stability',
  'session-expiry',
  'throughput',
])

/**
 * Each fault takes a start or more of a server: unless all are asked for, an item is tested with its first fault, in one
 * language, mostly TypeScript since it starts sooner.
 */
const chosenFor = (language: FixtureLanguage): ServerFault[] => {
  if (everywhere) return all
  const firsts = all
    .filter((fault, index) => all.findIndex(({ item }) => item === fault.item) === index)
    .filter(({ item }) => !slow.has(item.id))
  return firsts.filter((_, index) => (index % 8 === 7 ? 'python' : 'typescript') === language)
}

/** What a good server is audited with: unless all is asked for, each combination adds what the others do not show. */
const extentFor = (language: FixtureLanguage, transport: Transport): [Item[], Impact] => {
  if (everywhere || (language === 'typescript' && transport === 'stdio')) return [items, 'stress']
  if (language === 'typescript' || transport === 'stdio') return [items, 'call']
  return [items.filter(({ applies }) => applies?.transport === 'http' || applies?.profile === 'service'), 'call']
}

const explain = (results: ItemResult[]): string =>
  JSON.stringify(results.flatMap(({ verdicts }) => verdicts.filter(({ status }) => status !== 'pass')))

const withoutDatabase = await missingDatabase()
/** Undecided without a database. */
const wantsDatabase = new Set(withoutDatabase ? ['database-timeouts', 'database-efficiency', 'connection-pooling'] : [])
/** Undecided where a busy machine leaves time for too few calls, which its verdict says. */
const wantsTime = new Set(['memory-stability', 'throughput', 'backpressure'])
const undecided = new Set([...besideRepository, ...wantsDatabase, ...wantsTime])

/** What is neither proven nor inapplicable, with why. */
const wrong = (results: ItemResult[], allowed: string[]): string[] =>
  results
    .filter(({ id, status }) => status !== 'unknown' || !undecided.has(id))
    .filter(({ status }) => !['pass', 'not-applicable', ...allowed].includes(status))
    .map(result => `${result.id} ${result.status} ${explain([result])}`)

/**
 * Describes the good server of a language over a transport, and what each of its faults changes: its item alone among
 * those that look at the same artifacts. `npm run bench:accuracy` holds every fault against all items.
 */
export const describeServer = (language: FixtureLanguage, transport: Transport): void => {
  const auditFixture = async (only: string[], impact: Impact, fault?: string): Promise<ItemResult[]> => {
    const concerned = items.filter(({ id }) => only.includes(id))
    const [report] = await audit({ target: fixtureServer(language, transport, fault, concerned), impact, only })
    if (!report) throw new Error('no report')
    return report.items
  }

  const reason = missing(language)
  const skipped = reason ? ` — skipped: ${reason}` : ''
  describe.skipIf(reason)(`the ${language} server over ${transport}${skipped}`, () => {
    afterAll(stopEverything)
    afterAll(removeSettings)

    it('passes every live proof that applies', { timeout: 300_000 }, async () => {
      const [concerned, impact] = extentFor(language, transport)
      const good = await auditFixture(
        concerned.map(({ id }) => id),
        impact,
      )
      const live = good.filter(({ verdicts }) => verdicts.some(({ proof }) => proof === 'live'))
      expect(wrong(live, []).filter(line => !/needs --impact stress/.test(line))).toEqual([])
      expect(live.filter(({ status }) => status === 'pass').length).toBeGreaterThan(concerned.length / 4)
    })

    const cases = chosenFor(language).filter(fault => fault.transport === transport)
    const named = cases.map(fault => {
      const reason = fault.wantsDatabase ? withoutDatabase : null
      return [fault.name + (reason ? ` — skipped: ${reason}` : ''), fault, reason] as const
    })
    it.for(named)(
      'fails %s, and nothing else, with that fault',
      { timeout: 120_000 },
      async ([, fault, reason], run) => {
        run.skip(reason !== null, reason ?? '')
        const { name, item } = fault
        const broken = await auditFixture(neighbours(item, items), impactOf(item), name)
        const own = [item.id, ...(alsoFails[name] ?? [])]
        const failing = broken.filter(({ id }) => own.includes(id))
        expect(failing.map(one => `${one.status} ${explain([one])}`)).toEqual(
          own.map(() => expect.stringMatching(/^fail /) as string),
        )
        const hides = hidesEverything.has(item.id) || impactOf(item) !== 'stress'
        const allowed = new Set([...own, ...(mayFail[name] ?? [])])
        const others = wrong(broken, hides ? ['unknown'] : []).filter(line => !allowed.has(line.split(' ')[0] ?? ''))
        expect(others).toEqual([])
      },
    )
  })
}

/** Every item that a running server alone can fail has a fault; no server fails by where it was tested. */
export const itemsWithoutFault = (): string[] =>
  items.filter(item => !derivedItems.has(item.id) && !all.some(fault => fault.item === item)).map(({ id }) => id)
