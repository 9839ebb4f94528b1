import { gathererFiles, loadItems } from './catalogue.ts'
import { closest } from './core/closest.ts'
import type { Listener } from './core/events.ts'
import type { Impact, Item, Profile } from './core/item.ts'
import { Refusal } from './core/refusal.ts'
import type { Explanation } from './core/explanation.ts'
import type { Report } from './core/report.ts'
import type { Target } from './core/target.ts'
import { version } from './core/version.ts'
import { auditTarget } from './engine/audit.ts'
import { explainItem } from './engine/explain.ts'
import { coverage, type LedgerEntry } from './engine/rows.ts'
import { circumstances } from './gather/circumstances.ts'
import { repositoryProfile } from './gather/repository-profile.ts'
import { rowCounts } from './gather/row-counts.ts'
import { packageFolder, separated } from './gather/server-packages.ts'
import { endLending } from './target/lending.ts'
import { openRepository } from './target/repository.ts'
import { settleProcesses, stopEverything } from './target/process.ts'
import { resolveTargets, type TargetWords } from './target/resolve.ts'
import { writeLock } from './target/tool-lock.ts'
import { existingDirectory } from './target/words.ts'
import { canRunSideBySide } from './target/run.ts'

export { closest } from './core/closest.ts'
export { gates, shutBy, type Gate } from './core/gate.ts'
export { impacts, profiles, type Impact, type Profile } from './core/item.ts'
export { Refusal } from './core/refusal.ts'
export type { AuditEvent, Listener } from './core/events.ts'
export type { Explanation } from './core/explanation.ts'
export type * from './core/report.ts'
export { version } from './core/version.ts'
export type { LedgerEntry } from './engine/rows.ts'
export { explanation } from './render/explanation.ts'
export { json } from './render/json.ts'
export { ledgerTable } from './render/ledger-table.ts'
export { type Look } from './render/paper.ts'
export { terminal } from './render/terminal.ts'
export { visible } from './core/visible.ts'
export type { TargetWords } from './target/resolve.ts'

export interface AuditOptions {
  /** What to audit: a directory, a command, a URL, a bundle, a client's configuration. */
  target: TargetWords
  /** `read` for a directory alone, `call` when a server is given. More than `read` starts the server of a directory. */
  impact?: Impact
  profile?: Profile
  /** Ids of items. */
  only?: readonly string[]
  skip?: readonly string[]
  /** Tools that may be called although they change something; `*` for all. */
  allowTools?: readonly string[]
  /** Remember the definitions of the tools in airworthy.lock.json. */
  lock?: true
  listener?: Listener
}

/**
 * How many gatherers may hold the running server at a time, where nothing is timed: of a server that runs elsewhere fewer,
 * since others use it. Each waits for a good part of its time, so that two processors serve four.
 */
const lanes = 4
const lanesElsewhere = 3
const lanesFor = (target: Target): number => {
  if (!canRunSideBySide(target)) return 1
  return target.server?.launch === undefined ? lanesElsewhere : lanes
}

const givesServer = ({ command, url, start, bundle, clientConfig }: TargetWords): boolean =>
  Boolean(command ?? url ?? start ?? bundle ?? clientConfig)

const known = (items: Item[], asked: readonly string[] = []): void => {
  const ids = items.map(({ id }) => id)
  for (const id of asked) if (!ids.includes(id)) throw new Refusal(`there is no item «${id}»`, hintFor(id, ids))
}

const hintFor = (asked: string, ids: readonly string[]): string => {
  const near = closest(asked, ids)
  return near ? `did you mean ${near}?` : 'airworthy rows lists every item beside the rows it decides'
}

/** @throws Refusal when nothing is left to judge: a gate would be met by nothing. */
const someLeft = (items: Item[], { only, skip = [] }: AuditOptions): void => {
  if (items.some(({ id }) => (only?.includes(id) ?? true) && !skip.includes(id))) return
  throw new Refusal('no item is left to judge', 'name at least one with --only that --skip does not leave out')
}

/** @throws Refusal when the settings attest an item that does not exist. */
const knownAttestations = (items: Item[], { settings, settingsFile = 'airworthy.json' }: Target): void => {
  const ids = items.map(({ id }) => id)
  for (const [index, { item }] of (settings.attestations ?? []).entries())
    if (!ids.includes(item))
      throw new Refusal(
        `${settingsFile} attests at attestations[${index}] the item «${item}», which does not exist`,
        hintFor(item, ids),
      )
}

const allowing = (target: Target, tools: readonly string[] = [], targets = 1): Target => ({
  ...target,
  ...(targets > 1 ? { sharesSettings: true } : {}),
  settings: { ...target.settings, allowTools: [...(target.settings.allowTools ?? []), ...tools] },
})

const disposals = new Set<() => Promise<void>>()

/** Ends every process that an audit of this program started and removes what it wrote. */
export const stopAudits = async (): Promise<void> => {
  stopEverything()
  await Promise.all([...disposals].map(dispose => dispose()))
}

/**
 * Audits what was named; one report for each target, in the order of the targets. Of several targets one that cannot
 * run is told to the listener and left out.
 * @throws Refusal when there is something for the user to change.
 */
export const audit = async (options: AuditOptions): Promise<Report[]> => {
  const { target: words, listener = () => {} } = options
  const items = await loadItems()
  known(items, options.only)
  known(items, options.skip)
  someLeft(items, options)
  const impact = options.impact ?? (givesServer(words) ? 'call' : 'read')
  const start = words.start ?? (impact !== 'read' && !givesServer(words))
  const home = words.package === undefined ? null : existingDirectory(words.directory ?? '.', words.cwd ?? '.')
  const folder =
    home !== null && words.package !== undefined ? await packageFolder(openRepository(home), words.package) : undefined
  const resolved = await resolveTargets({ ...words, start, ...(folder === undefined ? {} : { package: folder }) })
  const { notes } = resolved
  const dispose = (): Promise<void> => resolved.dispose()
  const reports: Report[] = []
  disposals.add(dispose)
  try {
    const targets = (await Promise.all(resolved.targets.map(separated))).flat()
    for (const target of targets) knownAttestations(items, target)
    for (const [index, target] of targets.entries()) {
      listener({ type: 'target', name: target.name, number: index + 1, of: targets.length })
      try {
        const report = await auditTarget({
          ...options,
          target: allowing(target, options.allowTools, targets.length),
          items,
          impact,
          circumstances: [circumstances, repositoryProfile],
          rowCounts,
          lanes: lanesFor(target),
          listener,
          endLending: () => endLending(target),
          settle: settleProcesses,
          tool: { name: 'mcp-airworthy', version },
          notes,
        })
        reports.push(report)
        if (options.lock && target.lock) writeLock(target.lock)
      } catch (error) {
        // What was found out is not lost with what could not be remembered.
        if (targets.length === 1 && reports.length === 0) throw error
        listener({ type: 'failed', target: target.name, error })
      }
    }
  } finally {
    await settleProcesses()
    disposals.delete(dispose)
    await dispose()
  }
  return reports
}

/** The 169 rows of the checklist, each with the items that decide it. */
export const rows = async (): Promise<LedgerEntry[]> => coverage(await loadItems())

/**
 * All there is to know about one item.
 * @throws Refusal when there is no such item.
 */
export const explain = async (id: string): Promise<Explanation> => {
  const items = await loadItems()
  known(items, [id])
  const item = items.find(one => one.id === id)
  if (!item) throw new Error(`${id} was lost`)
  return explainItem(item, await gathererFiles())
}
