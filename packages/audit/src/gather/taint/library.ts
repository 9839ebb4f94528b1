import { joined, some, type Datum } from './data.ts'
import type { Given, Machine } from './machine.ts'
import { pythonLibrary } from './library-python.ts'
import { typescriptLibrary } from './library-typescript.ts'

/** One function outside the repository: what it makes of its arguments; null when that is not known. */
export type Known = (
  given: Datum[],
  named: ReadonlyMap<string, Datum[]>,
  machine: Machine,
  whole: Given,
) => Datum[] | null

/** The first table that knows a path. */
export type Library = readonly (readonly [path: RegExp, known: Known])[]

/** What answers with data of its own, whatever it is asked. */
const answering =
  /^(fs|fs\/promises|fs-extra|graceful-fs|child_process|https?|crypto|axios|got|ky|undici|node-fetch|cross-fetch|execa|pg|mysql2?|better-sqlite3|sqlite3|mongodb|ioredis|redis|glob|fast-glob|globby)(\/[^:]*)?:|^global:(fetch|console|crypto|Date|performance|Math|setTimeout|clearTimeout|structuredClone\b.*\()|^(subprocess|requests|httpx|aiohttp|urllib\.request|sqlite3|psycopg2?|asyncpg|hashlib|hmac|secrets|time|datetime|logging|loguru|structlog|shutil|glob|socket|uuid|random|tempfile)\b|^(node:)?(timers|perf_hooks)|^asyncio\.(create_subprocess|sleep|wait_for|open_connection)|^builtins\.(open|print|len|isinstance|hash|id|callable|hasattr|issubclass|range|type)$|^os\.(listdir|walk|scandir|stat|getenv|environ)|^(pino|winston|debug):/

/** Whether a call outside the repository answers with something that the request does not say. */
export const isAnswer = (path: string): boolean => answering.test(path)

export const libraryOf = (
  path: string,
  given: Datum[],
  named: ReadonlyMap<string, Datum[]>,
  machine: Machine,
  whole: Given,
): Datum[] => {
  const library = machine.trial.language === 'python' ? pythonLibrary : typescriptLibrary
  const entry = library.find(([known]) => known.test(path))
  const made = entry?.[1](given, named, machine, whole)
  if (made) return made
  if (!entry && isAnswer(path)) return [some(undefined, null, `${path}()`)]
  const marks = joined([...given, ...[...named.values()].flat()].map(one => machine.marks(one)))
  const shown = path
    .replace(/^(global|builtins)[:.]/, '')
    .replace(/:$/, '')
    .slice(-60)
  return [some(marks, marks.size > 0 ? `${shown}()` : null, `${path}()`)]
}
