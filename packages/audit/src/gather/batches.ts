import type { Source } from './trees.ts'

/** The sources in parts of about so many characters. */
export const inBatches = (sources: Source[], length = 60_000): Source[][] => {
  const batches: Source[][] = []
  let left = 0
  for (const source of sources) {
    if (left <= 0) {
      batches.push([])
      left = length
    }
    batches.at(-1)?.push(source)
    left -= source.text.length
  }
  return batches
}
