import type { Command } from '../commands.ts'

/** The least coverage that a runner accepts. */
export interface Threshold {
  percent: number
  at: string
  line?: number
  /** A run that fails below it; null when none does. */
  checkedBy: Command | null
  /** Why no run looks at it; null when one does. */
  dead: string | null
}

/** A run of the tests that measures coverage. */
export interface Measurement {
  command: Command
  /** It writes the figures to its output. */
  prints: boolean
}

export interface Found {
  thresholds: Threshold[]
  measurements: Measurement[]
  /** Settings that cannot be read without running them. */
  computed: string[]
}

/** A run whose failure counts and that a trigger reaches comes first. */
export const strongest = (commands: Command[]): Command | null =>
  commands.find(({ events, tolerated }) => events !== null && !tolerated) ??
  commands.find(({ tolerated }) => !tolerated) ??
  null

export const valueOf = (words: string[], option: string): string | null => {
  for (const [index, word] of words.entries()) {
    if (word.startsWith(`${option}=`)) return word.slice(option.length + 1)
    if (word === option) return words[index + 1] ?? null
  }
  return null
}

export const percentOf = (value: unknown): number | null => {
  const number = typeof value === 'string' ? Number(value.replace('%', '')) : value
  return typeof number === 'number' && Number.isFinite(number) && value !== '' ? number : null
}
