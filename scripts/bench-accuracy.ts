import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { audit, type ItemResult } from '../packages/audit/src/api.ts'
import { loadItems } from '../packages/audit/src/catalogue.ts'
import { faults } from '../fixtures/servers/typescript/src/faults.ts'
import {
  alsoFails,
  derivedItems,
  fixtureServer,
  impactOf,
  mayFail,
  missing,
  missingDatabase,
  serverFaults,
} from '../packages/audit/src/testing/fixture-servers.ts'
import type { FixtureLanguage, Transport } from '../packages/audit/src/testing/fixture-servers.ts'
import { copyGoodRepository, faultCases, rightCases } from '../packages/audit/src/testing/faults.ts'

interface Score {
  item: string
  language: FixtureLanguage
  proof: 'live' | 'repository'
  /** Broken cases of this item. */
  cases: number
  /** Broken cases in which it failed, as a share. */
  recall: number
  /** Failures on good cases and on cases with another item's fault. */
  falseAlarms: number
}

/**
 * `--proof`, `--language` and `--transport` leave out what they do not name; each may be one of two. `--shard 1/4` takes
 * every fourth case, from the first on: the live ones take hours.
 */
const { values } = parseArgs({
  options: {
    format: { type: 'string', default: 'terminal' },
    proof: { type: 'string' },
    language: { type: 'string' },
    transport: { type: 'string' },
    shard: { type: 'string', default: '1/1' },
  },
})
const [shard = Number.NaN, shards = Number.NaN] = values.shard.split('/').map(Number)
const choices = { proof: ['live', 'repository'], language: ['typescript', 'python'], transport: ['stdio', 'http'] }
const wrong = [
  ...(['proof', 'language', 'transport'] as const).flatMap(name =>
    values[name] === undefined || choices[name].includes(values[name])
      ? []
      : [`--${name} is one of ${choices[name].join(', ')}`],
  ),
  ...(shard >= 1 && shard <= shards ? [] : ['--shard is a part of a whole, such as 1/4']),
]
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join('\n')}\n`)
  process.exit(2)
}
const languages = (['typescript', 'python'] as const).filter(name => name === (values.language ?? name))
const transports = (['stdio', 'http'] satisfies Transport[]).filter(name => name === (values.transport ?? name))
const items = await loadItems()
const found = new Map<string, { cases: number; hits: number; alarms: number }>()
let cases = 0
let met = 0
const isInShard = (): boolean => met++ % shards === shard - 1

const say = (text: string): void => void process.stderr.write(`${text}\n`)

const tally = (language: FixtureLanguage, proof: Score['proof'], item: string) => {
  const key = `${item} ${language} ${proof}`
  const known = found.get(key) ?? { cases: 0, hits: 0, alarms: 0 }
  found.set(key, known)
  return known
}

const provedBy = (item: ItemResult, proof: Score['proof']): boolean =>
  item.verdicts.some(verdict => verdict.proof === proof)

const count = (
  results: ItemResult[],
  language: FixtureLanguage,
  proof: Score['proof'],
  fault?: string,
  also: string[] = [],
  name = fault,
): void => {
  cases++
  for (const result of results.filter(result => provedBy(result, proof) && !also.includes(result.id))) {
    const mine = tally(language, proof, result.id)
    if (result.id === fault) mine.cases++
    if (result.status === 'fail' && result.id === fault) mine.hits++
    if (result.status === 'fail' && result.id !== fault) mine.alarms++
  }
  const broken = results.find(({ id }) => id === fault)
  const missed = fault !== undefined && broken?.status !== 'fail'
  const alarms = results.filter(
    item => item.id !== fault && !also.includes(item.id) && item.status === 'fail' && provedBy(item, proof),
  )
  say(`${language} ${proof} ${name ?? 'good'}${missed ? ` MISSED: ${broken?.status}` : ''}`)
  if (missed) for (const { because } of broken?.verdicts ?? []) if (because) say(`  ${because}`)
  for (const { id, verdicts } of alarms) {
    const [shown] = verdicts.flatMap(({ status, evidence }) => (status === 'fail' ? (evidence ?? []) : []))
    say(`  FALSE ALARM ${id}: ${shown?.at ?? ''}: ${shown?.saw ?? ''}`)
  }
}

const live = async (language: FixtureLanguage): Promise<void> => {
  const reason = missing(language)
  if (reason) return say(`${language}: the server is left out, ${reason}`)
  const withoutDatabase = await missingDatabase()
  if (withoutDatabase) say(`${language}: faults of what is asked of a database are left out, ${withoutDatabase}`)
  for (const transport of transports) {
    const broken = serverFaults(items, Object.keys(faults)).filter(
      fault => fault.transport === transport && !(withoutDatabase && fault.wantsDatabase),
    )
    for (const fault of [undefined, ...broken]) {
      if (!isInShard()) continue
      const impact = fault && impactOf(fault.item) === 'call' ? 'call' : 'stress'
      const [report] = await audit({ target: fixtureServer(language, transport, fault?.name), impact })
      count(
        report?.items ?? [],
        language,
        'live',
        fault?.item.id,
        fault ? [...derivedItems, ...(alsoFails[fault.name] ?? []), ...(mayFail[fault.name] ?? [])] : [],
        fault?.name,
      )
    }
  }
}

const auditCopy = async (language: FixtureLanguage, change: (directory: string) => void): Promise<ItemResult[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'airworthy-bench-'))
  try {
    copyGoodRepository(language, directory)
    change(directory)
    const [report] = await audit({ target: { directory }, impact: 'read', profile: 'complete' })
    return report?.items ?? []
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const repositories = async (language: FixtureLanguage): Promise<void> => {
  if (isInShard()) count(await auditCopy(language, () => {}), language, 'repository')
  for (const { item, also, apply } of faultCases(language))
    if (isInShard()) count(await auditCopy(language, apply), language, 'repository', item, also)
  for (const { also, apply } of rightCases(language))
    if (isInShard()) count(await auditCopy(language, apply), language, 'repository', undefined, also)
}

for (const language of languages) {
  if (values.proof !== 'live') await repositories(language)
  if (values.proof !== 'repository') await live(language)
}

const scores: Score[] = [...found.entries()]
  .map(([key, { cases, hits, alarms }]) => {
    const [item = '', language = '', proof = ''] = key.split(' ')
    return {
      item,
      language: language as FixtureLanguage,
      proof: proof as Score['proof'],
      cases,
      recall: cases === 0 ? 0 : hits / cases,
      falseAlarms: alarms,
    }
  })
  .filter(({ cases, falseAlarms }) => cases > 0 || falseAlarms > 0)
  .toSorted((a, b) => (`${a.item} ${a.language} ${a.proof}` < `${b.item} ${b.language} ${b.proof}` ? -1 : 1))
const broken = scores.reduce((sum, score) => sum + score.cases, 0)
const summary = {
  recall: scores.reduce((sum, { cases, recall }) => sum + cases * recall, 0) / Math.max(1, broken),
  falseAlarms: scores.reduce((sum, score) => sum + score.falseAlarms, 0),
  cases,
  items: scores,
}

if (values.format === 'json') process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`)
else {
  const row = (...cells: [string, string, string, string, string, string]): string =>
    [
      cells[0].padEnd(24),
      cells[1].padEnd(12),
      cells[2].padEnd(12),
      cells[3].padStart(5),
      cells[4].padStart(8),
      cells[5].padStart(13),
    ].join('')
  const lines = scores.map(({ item, language, proof, cases, recall, falseAlarms }) =>
    row(item, language, proof, String(cases), `${Math.round(recall * 100)} %`, String(falseAlarms)),
  )
  const total = `${summary.cases} cases, ${broken} with a fault: recall ${(summary.recall * 100).toFixed(1)} %, ${summary.falseAlarms} false alarms`
  process.stdout.write(
    `${[row('item', 'language', 'proof', 'cases', 'recall', 'false alarms'), ...lines, '', total].join('\n')}\n`,
  )
}
process.exit(0)
