import { createRequire } from 'node:module'
import type * as scslre from 'scslre'
import { isAmbiguous } from './ambiguous.ts'
import type { Pattern } from './patterns.ts'

/** Loaded when a pattern is met that needs it: it is large. */
const load = () => createRequire(import.meta.url)('scslre') as typeof scslre

const maxPattern = 400
const known = new Map<string, boolean>()

/** Whether some text makes a pattern try exponentially many ways; false as well when that is not known. */
export const isExponential = ({ text, flags }: Pattern): boolean => {
  // without a group that is repeated there is no such text
  if (text.length > maxPattern || !/\)[*+{]/.test(text)) return false
  const key = `${flags}/${text}`
  const before = known.get(key)
  if (before !== undefined) return before
  let found = false
  try {
    const source = text.replaceAll(/\(\?P</g, '(?<')
    const literal = new RegExp(source, flags.replaceAll(/[^ims]/g, ''))
    const { reports, parsed } = load().analyse(literal, { maxReports: 5, reportTypes: { Move: false } })
    found = reports.some(({ exponential }) => exponential) || isAmbiguous(parsed.pattern, literal.flags)
  } catch {
    found = false
  }
  known.set(key, found)
  return found
}
