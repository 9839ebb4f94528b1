import { hasFewProcessors } from '../../instruments/thread.ts'
import type { Source } from '../trees.ts'
import { hasThread, openAhead, worthThread } from './python-ahead.ts'
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

interface Queue<T> {
  /** Calls `look` for each of the files; the tree is null when nothing can be read. */
  each: <Found>(sources: Source[], look: (tree: T, source: Source) => Found) => Promise<Found[]>
  /** Resolves when no file is waiting. */
  idle: () => Promise<void>
}

/** Each file that is waiting is parsed once, for all that wait for it; no tree is kept. `open` is told how many wait. */
const openQueue = <T>(open: (count: number) => Promise<Next<T>>): Queue<T> => {
  const waiting = new Map<Source, Reader<T>[]>()
  const ended: (() => void)[] = []
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
    for (const resolve of ended.splice(0)) resolve()
  }

  const each: Queue<T>['each'] = (sources, look) =>
    new Promise((resolve, reject) => {
      const found: ReturnType<typeof look>[] = []
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

  const idle = (): Promise<void> => (isRunning ? new Promise(resolve => ended.push(resolve)) : Promise.resolve())

  return { each, idle }
}

/** Files that are TypeScript or JavaScript; the main thread parses them. */
const typescript = openQueue<Parsed | null>(
  async () =>
    ({ path, text }) =>
    () =>
      parseTypeScript(path, text),
)

const python = openQueue<Tree | null>(async count => {
  if (hasThread && count >= worthThread) return openAhead()
  const parse = await openPython()
  return ({ text }) =>
    () =>
      parse(text)
})

export const eachTypeScript = typescript.each
export const eachPython = python.each

/**
 * Resolves when there is a processor for one more thread: with two of them, TypeScript is parsed on one and Python on the
 * other, and all that follows waits for both. What is linted and formatted is only wanted at the end.
 */
export const spareProcessor = (): Promise<void> => (hasFewProcessors ? typescript.idle() : Promise.resolve())
