import { openThread } from '../../instruments/thread.ts'
import type { Source } from '../trees.ts'
import { unpackTree, type Packed } from './python-packing.ts'
import type { Tree } from './python-tree.ts'

/** Characters that are sent at once, and how often that is done before the first answer: the thread never waits. */
const batchLength = 60_000
const batches = 2

/** The way to the tree of the first of these; those that follow are sent ahead. */
export type Ahead = (first: Source, sources: Iterable<Source>) => Promise<() => Tree | null>

/** Threads run what was compiled. */
export const hasThread = import.meta.url.endsWith('.js')

const askThread = openThread<Packed>(new URL('python-thread.js', import.meta.url))
const ask = (texts: string[]): Promise<Packed> => askThread(texts)

/** From so many files on another thread pays. */
export const worthThread = 50

/** Starts the thread while the files are still being read. */
export const startAhead = (count: number): void => {
  if (hasThread && count >= worthThread) ask([]).catch(() => {})
}

/** Python is parsed in a thread of its own, ahead of those who look at the trees. */
export const openAhead = (): Ahead => {
  const asked = new Map<Source, Promise<() => Tree | null>>()
  let outstanding = 0

  const send = (sources: Source[]): void => {
    outstanding++
    const answer = ask(sources.map(({ text }) => text)).finally(() => outstanding--)
    sources.forEach((source, index) => {
      const tree = answer.then(packed => () => unpackTree(packed, index))
      tree.catch(() => {})
      asked.set(source, tree)
    })
  }
  const fill = (sources: Iterable<Source>): void => {
    let batch: Source[] = []
    let length = 0
    for (const source of sources) {
      if (outstanding >= batches) return
      if (asked.has(source)) continue
      batch.push(source)
      length += source.text.length
      if (length < batchLength) continue
      send(batch)
      ;[batch, length] = [[], 0]
    }
    if (batch.length > 0) send(batch)
  }

  return (first, sources) => {
    if (outstanding < batches) fill(sources)
    const tree = asked.get(first)
    if (!tree) throw new Error('nothing was asked for')
    asked.delete(first)
    return tree
  }
}
