// Reads members of what came from outside, whatever shape it has.

export type Json = Record<string, unknown>

const maxText = 10_000

export const objectFrom = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

export const objectsFrom = (value: unknown): Json[] => (Array.isArray(value) ? value.map(objectFrom) : [])

/** Cut at 10,000 characters; empty when it is no text. */
export const textFrom = (value: unknown): string => (typeof value === 'string' ? value.slice(0, maxText) : '')

/** Also of a number that is written as text; null when it is none. */
export const numberFrom = (value: unknown): number | null => {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof read === 'number' && !Number.isNaN(read) ? read : null
}
