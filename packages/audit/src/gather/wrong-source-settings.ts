import { gatherer } from '../core/item.ts'
import { settingsDocumented } from './settings-documented.ts'
import { settingsReads } from './settings-reads.ts'
import type { SettingKind } from './setting-kinds.ts'
import { opening } from './startup.ts'
import { noNumber, wrongInLaunch } from './wrong-settings.ts'
import { startsWith, type WrongStart, type WrongValue } from './wrong-starts.ts'

export interface WrongSourceSettings {
  starts: WrongStart[]
  /** All settings that the source reads. */
  settings: number
}

const maxStarts = 4
const wrongValues: Record<SettingKind, string> = { number: noNumber, url: 'not a url' }

/** They hold only where something else is switched on, which cannot be told from their names. */
const ofAnotherMode =
  /(^|_)(PORT|HOST|HOSTNAME|ADDRESS|BIND|LISTEN|HTTPS?|SSE|WS|CORS|ORIGINS?|SESSIONS?|WORKERS?|METRICS|HEALTH|OAUTH|OIDC|JWT|REDIS|PROXY|TLS|SSL|TEST|CLI)(_|$)/

const places: Record<SettingKind, string> = { number: 'a number', url: 'a URL' }

/** Starts with words in place of numbers and URLs, where the source reads a documented variable as such. */
export const wrongSourceSettings = gatherer({
  id: 'wrong-source-settings',
  impact: 'start',
  from: 'server',
  deadline: 120_000,
  needs: { opening, reads: settingsReads, documented: settingsDocumented },
  gather: async (target, { opening, reads, documented }): Promise<WrongSourceSettings> => {
    const { server, settings } = target
    const all = reads.variables.length + reads.patterns.length + reads.options.length + reads.computed.length
    if (!server?.launch) return { starts: [], settings: all }
    const tried = new Set([
      ...Object.keys(settings.configuration?.wrong ?? {}),
      ...wrongInLaunch(server.launch).map(({ setting }) => setting),
    ])
    const found = reads.variables.flatMap(({ name, kind, path, line }): (WrongValue & { kind: SettingKind })[] => {
      const isKnown = documented.mentions.some(mention => mention.name === name)
      if (!kind || !isKnown || tried.has(name) || ofAnotherMode.test(name)) return []
      return [{ setting: name, value: wrongValues[kind], kind, because: `${path}:${line} reads it as ${places[kind]}` }]
    })
    const numbersFirst = found.toSorted((a, b) => a.kind.localeCompare(b.kind))
    const wrong = numbersFirst
      .slice(0, maxStarts)
      .map(({ setting, value, because }): WrongValue => ({ setting, value, because }))
    return { starts: await startsWith(target, opening, wrong), settings: all }
  },
})
