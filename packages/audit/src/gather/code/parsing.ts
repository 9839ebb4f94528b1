import type { Source } from '../trees.ts'
import { hasThread, openAhead } from './python-ahead.ts'
import { openPython } from './python-packing.ts'
import type { Tree } from './python-tree.ts'
import { parseTypeScript, type Parsed } from './typescript-parse.ts'

interface Reader<T> {
  read(tree: T): void
  fail(error: unknown): void
}

/** Milliseconds after which other work has its turn. */
const turn = 15

const breathe = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Gives the way to the tree of the first of these; it may begin with the others. */
type Next<T> = (first: Source, sources: Iterable<Source>) => Promise<() => T> | (() => T)

/** Each file that is waiting is parsed once, for all that wait for it; no tree is kept. `open` is told how many wait. */
const openQueue = <T>(open: (count: number) => Promise<Next<T>>) => {
  const waiting = new Map<Source, Reader<T>[]>()
  let isRunning = false

  const give = (source: Source, readers: Reader<T>[], parse: () => T): void => {
    let reader: Reader<T> | undefined
    try {
      const tree = parse()
      for (reader of readers) reader.read(tree)
    } catch (error) {
      if (!reader) for (const each of readers) each.fail(error)
      else {
        reader.fail(error)
        give(source, readers.slice(readers.indexOf(reader) + 1), parse)
      }
    }
  }

  const run = async (): Promise<void> => {
    try {
      const next = await open(waiting.size)
      await breathe()
      let since = performance.now()
      // what is added in between is met later in the same loop
      for (const [source, readers] of waiting) {
        const tree = next(source, waiting.keys())
        const parse = tree instanceof Promise ? await tree : tree
        waiting.delete(source)
        give(source, readers, parse)
        if (performance.now() - since < turn) continue
        await breathe()
        since = performance.now()
      }
    } catch (error) {
      for (const readers of waiting.values()) for (const reader of readers) reader.fail(error)
      waiting.clear()
    }
    isRunning = false
  }

  return <Found>(sources: Source[], look: (tree: T, source: Source) => Found): Promise<Found[]> =>
    new Promise((resolve, reject) => {
      const found: Found[] = []
      let left = sources.length
      if (left === 0) return resolve(found)
      sources.forEach((source, index) => {
        const read = (tree: T): void => {
          found[index] = look(tree, source)
          if (--left === 0) resolve(found)
        }
        const readers = waiting.get(source)
        if (readers) readers.push({ read, fail: reject })
        else waiting.set(source, [{ read, fail: reject }])
      })
      if (isRunning) return
      isRunning = true
      void run()
    })
}

/** Calls `look` for each of the files, which are TypeScript or JavaScript; the tree is null when nothing can be read. */
export const eachTypeScript = openQueue<Parsed | null>(
  async () =>
    ({ path, text }) =>
    () =>
      parseTypeScript(path, text),
)

/** From so many files on another thread pays. */
const worthThread = 50

/** Calls `look` for each of the files, which are Python; the tree is null when nothing can be read. */
export const eachPython = openQueue<Tree | null>(async count => {
  if (hasThread && count >= worthThread) return openAhead()
  const parse = await openPython()
  return ({ text }) =>
    () =>
      parse(text)
})
