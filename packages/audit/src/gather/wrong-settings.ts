import { basename } from 'node:path'
import { gatherer } from '../core/item.ts'
import type { Launch } from '../core/target.ts'
import { opening } from './startup.ts'
import { startsWith, type WrongStart, type WrongValue } from './wrong-starts.ts'

const maxStarts = 6

const isNumber = (text: string): boolean => /^(\d{1,9}|\{port\})$/.test(text)
const isUrl = (text: string): boolean => /^https?:\/\/\S+$/.test(text)
/** A word alone would do, but where a port is wanted Node takes it for a socket to make in the current directory. */
export const noNumber = 'not/a/number'

/** What cannot stand where this value does. */
const wrongFor = (value: string): string | null => (isNumber(value) ? noNumber : isUrl(value) ? 'not a url' : null)

/** Their options come first and are not the server's. */
const launcher =
  /^(node|nodejs|npx|npm|pnpm|yarn|bunx?|deno|tsx|uvx?|pipx|python[\d.]*|poetry|ruby|java|dotnet|env|sh|bash|nice|timeout)(\.exe)?$/

/** Numbers and addresses that the start command itself hands to the server. */
export const wrongInLaunch = ({ command, args, env }: Launch): WrongValue[] => {
  const name = basename(command)
  if (/^(docker|podman|ssh|kubectl)$/.test(name)) return []
  const first = launcher.test(name) ? args.findIndex(arg => !arg.startsWith('-')) + 1 : 0
  const own = launcher.test(name) && first === 0 ? [] : args.slice(first)
  const options = own.flatMap((arg, index): WrongValue[] => {
    const [, option = '', joined] = /^(--[a-z][\w-]*)(?:=(.*))?$/s.exec(arg) ?? []
    const value = wrongFor(joined ?? own[index + 1] ?? '')
    return option === '' || value === null
      ? []
      : [{ setting: option, value, because: `the start command gives ${option} ${joined ?? own[index + 1] ?? ''}` }]
  })
  const variables = Object.entries(env).flatMap(([setting, given]): WrongValue[] => {
    const value = wrongFor(given)
    return value === null
      ? []
      : [{ setting, value, because: `the start command gives it a ${isUrl(given) ? 'URL' : 'number'}` }]
  })
  return [...options, ...variables]
}

/** Starts with values that airworthy.json declares as wrong, and with words in place of numbers that the start command gives. */
export const wrongSettings = gatherer({
  id: 'wrong-settings',
  impact: 'start',
  from: 'server',
  deadline: 120_000,
  needs: { opening },
  gather: async (target, { opening }): Promise<WrongStart[]> => {
    const { server, settings } = target
    if (!server?.launch) return []
    const declared = Object.entries(settings.configuration?.wrong ?? {}).map(([setting, value]): WrongValue => {
      return { setting, value, because: 'airworthy.json says so' }
    })
    const found = wrongInLaunch(server.launch).filter(one => !declared.some(({ setting }) => setting === one.setting))
    return startsWith(target, opening, [...declared, ...found].slice(0, maxStarts))
  },
})
