import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadItems } from '../packages/audit/src/catalogue.ts'
import { needsOf, type Check, type Gatherer, type Item } from '../packages/audit/src/core/item.ts'
import { judgeItem, proofOf } from '../packages/audit/src/engine/judge.ts'
import { closure, collect, type Outcome } from '../packages/audit/src/engine/schedule.ts'
import { gitBlobs } from '../packages/audit/src/gather/git-blobs.ts'
import { gitFacts } from '../packages/audit/src/gather/git.ts'
import { pastSecrets } from '../packages/audit/src/gather/secrets/past.ts'
import { sourceTrees } from '../packages/audit/src/gather/trees.ts'
import { openRepository } from '../packages/audit/src/target/repository.ts'
import { copyGoodRepository, faultCases, rightCases } from '../packages/audit/src/testing/faults.ts'
import { bareTarget } from '../packages/audit/src/testing/repositories.ts'
import type { RepositoryCase, RepositoryLanguage } from '../packages/audit/src/testing/faults.ts'
import type { ItemResult } from '../packages/audit/src/core/report.ts'

/** Decided by reading files alone: neither the running server nor a program of the project is needed. */
const isRead = (check: Check): boolean => {
  const all = [...closure(needsOf(check).map(([, need]) => need))]
  return proofOf(check) === 'repository' && all.every(({ impact }) => impact === 'read')
}

/** Reading finds what breaks these, and cannot prove them; their cases stand beside the items. */
const refuted = new Set([
  'concurrent-calls',
  'durable-writes',
  'error-messages',
  'memory-stability',
  'message-size',
  'session-expiry',
  'strict-types',
])

/** What git alone is asked for. */
const ofHistory = new Set<Gatherer>([gitFacts, gitBlobs, pastSecrets])

const items = (await loadItems()).flatMap((item): Item[] => {
  const [first, ...more] = item.checks.filter(isRead)
  return first ? [{ ...item, checks: [first, ...more] }] : []
})
/** The directory of all copies. */
let copies = ''
/** Every repository item, judged on a copy of the good repository after something was done to it. */
const judgeCopy = async (
  language: RepositoryLanguage,
  change: (directory: string) => void,
  known?: Map<Gatherer, Outcome>,
): Promise<{ results: ItemResult[]; history: Map<Gatherer, Outcome> }> => {
  const directory = mkdtempSync(join(copies, 'copy-'))
  copyGoodRepository(language, directory)
  change(directory)
  const target = bareTarget({ repository: openRepository(directory) })
  const gatherers = items.flatMap(({ checks }) => checks.flatMap(needsOf)).map(([, gatherer]) => gatherer)
  const outcomes = await collect(gatherers, { target, impact: 'read', lanes: 2, listener: () => {} }, known)
  return {
    results: items.map(item => judgeItem(item, outcomes, { profile: 'complete' })),
    history: new Map([...outcomes].filter(([gatherer]) => ofHistory.has(gatherer))),
  }
}

const nameOf = ({ item, variant }: RepositoryCase): string => [item, variant].filter(Boolean).join(': ')

const readsCode = (id: string): boolean => {
  const checks = items.find(item => item.id === id)?.checks ?? []
  return checks.some(check => closure(needsOf(check).map(([, need]) => need)).has(sourceTrees))
}

const everywhere = process.env['AIRWORTHY_FAULTS'] === 'all'

/**
 * Workflows, documents and containers are the same in both languages: unless all is asked for, a case that both have and
 * that is about no code is tried in one of them.
 */
const chosenFor = (
  language: RepositoryLanguage,
  casesOf: (language: RepositoryLanguage) => RepositoryCase[],
): (readonly [string, RepositoryCase])[] => {
  const cases = casesOf(language)
  const others = new Set(casesOf(language === 'typescript' ? 'python' : 'typescript').map(nameOf))
  const shared = cases.map(one => nameOf(one)).filter(name => others.has(name))
  const isElsewhere = (one: RepositoryCase): boolean => {
    const index = shared.indexOf(nameOf(one))
    return !everywhere && index >= 0 && !readsCode(one.item) && (index % 2 === 0) !== (language === 'typescript')
  }
  return cases.filter(one => !isElsewhere(one)).map(one => [nameOf(one), one] as const)
}

/** The status of every item but those whose answer may change with the case. */
const statuses = (results: ItemResult[], { also }: RepositoryCase): Record<string, string> =>
  Object.fromEntries(results.filter(({ id }) => !also.includes(id)).map(({ id, status }) => [id, status]))

/** What items say that should say something else. */
const said = (results: ItemResult[], wanted: Record<string, string>): string =>
  results
    .filter(({ id, status }) => id in wanted && wanted[id] !== status)
    .map(({ id, verdicts }) => `${id}: ${JSON.stringify(verdicts)}`)
    .join('\n')

/** Describes a good repository, all its faults and all its right variations. Each language is a file, for both cores. */
export const describeRepository = (language: RepositoryLanguage): void => {
  // one program removes them all far sooner than Node removes each
  afterAll(() => execFileSync('rm', ['-rf', copies]))
  beforeAll(() => {
    copies = mkdtempSync(join(tmpdir(), 'airworthy-repository-'))
  })

  describe(`the repository in ${language}`, () => {
    let good: ItemResult[] = []
    let history: Map<Gatherer, Outcome>
    beforeAll(async () => {
      ;({ results: good, history } = await judgeCopy(language, () => {}))
    })
    /** A patch leaves the history as it is, so that git is asked once for all of them. */
    const judgeCase = async ({ file, apply }: RepositoryCase): Promise<ItemResult[]> =>
      (await judgeCopy(language, apply, file.endsWith('.patch') ? new Map(history) : undefined)).results

    it('passes every item that is decided by reading and concerns it', () => {
      const others = good.filter(
        ({ id, status }) =>
          status !== 'pass' && status !== 'not-applicable' && !(status === 'unknown' && refuted.has(id)),
      )
      expect(others.map(({ id, status, verdicts }) => ({ id, status, verdicts }))).toEqual([])
    })

    it('has a fault for every item that is decided by reading', () => {
      const covered = new Set(faultCases(language).map(({ item }) => item))
      expect(items.filter(({ id }) => !covered.has(id) && !refuted.has(id)).map(({ id }) => id)).toEqual([])
    })

    it.each(chosenFor(language, faultCases))('fails %s, and nothing else', async (_, fault) => {
      const broken = await judgeCase(fault)
      const wanted = { ...statuses(good, fault), [fault.item]: 'fail' }
      expect([statuses(broken, fault), said(broken, wanted)]).toEqual([wanted, ''])
    })

    it.each(chosenFor(language, rightCases))('is as good with %s', async (_, right) => {
      const other = await judgeCase(right)
      const wanted = statuses(good, right)
      expect([statuses(other, right), said(other, wanted)]).toEqual([wanted, ''])
    })
  })
}
