import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Item } from '../core/item.ts'
import { needsOf } from '../core/item.ts'
import { closure } from '../engine/schedule.ts'
import type { TargetWords } from '../target/words.ts'

export type FixtureLanguage = 'typescript' | 'python'
export type Transport = 'stdio' | 'http'

const home = fileURLToPath(new URL('../../../../fixtures/servers/', import.meta.url))

const commands: Record<FixtureLanguage, string[]> = {
  typescript: [process.execPath, `${home}typescript/dist/main.js`],
  python: [`${home}python/.venv/bin/python`, `${home}python/main.py`],
}

/** Why the good server of a language cannot be started here; null when it can. */
export const missing = (language: FixtureLanguage): string | null => {
  if (commands[language].every(path => existsSync(path))) return null
  return language === 'python' ? 'its environment is missing: npm run setup:python' : 'it is not built: npm run build'
}

/** The good server of a language, or the same with one fault. */
export const fixtureServer = (language: FixtureLanguage, transport: Transport, fault?: string): TargetWords => {
  const broken = fault === undefined ? [] : ['--break', fault]
  const cwd = home + language
  if (transport === 'stdio') return { command: [...commands[language], ...broken], cwd }
  return {
    cwd,
    command: [...commands[language], '--http', '--port', '{port}', ...broken],
    url: 'http://127.0.0.1:{port}/mcp',
    headers: ['Authorization: Bearer a-key-for-tests'],
    env: ['NOTES_API_KEY=a-key-for-tests'],
  }
}

/** The transport over which the live fault of an item shows; null when the running server alone proves nothing of it. */
export const faultTransport = (item: Item): Transport | null => {
  const live = item.checks.some(check => {
    const sources = new Set([...closure(needsOf(check).map(([, need]) => need))].map(({ from }) => from))
    return sources.has('server') && !sources.has('repository')
  })
  if (!live) return null
  return item.applies?.transport === 'http' || item.applies?.profile === 'service' ? 'http' : 'stdio'
}

const gatherersOf = ({ checks }: Item): Set<string> =>
  new Set(checks.flatMap(check => needsOf(check).map(([, { id }]) => id)))

/** An item and those that look at an artifact it looks at. */
export const neighbours = (item: Item, all: Item[]): string[] => {
  const shared = new Set(['opening', 'startup', 'lists', 'trials'])
  const own = [...gatherersOf(item)].filter(id => !shared.has(id))
  return all.filter(other => other === item || own.some(id => gatherersOf(other).has(id))).map(({ id }) => id)
}
