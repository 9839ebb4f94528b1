/** An import statement in the order of the file. */
export interface Import {
  module: string
  line: number
  isType: boolean
}

/** Imports between which nothing else stands, not even an empty line. */
export type Block = Import[]

/** One way to put imports in order. */
export interface Order {
  name: string
  compare: (a: Import, b: Import) => number
}

type Key = (one: Import) => number

const isRelative = (module: string): boolean => module.startsWith('.')
const isAlias = (module: string): boolean => /^([@~#]\/|~|#|\$)/.test(module)
const isBuiltIn = (module: string): boolean =>
  /^(node|bun):/.test(module) ||
  /^(assert|buffer|child_process|cluster|crypto|dns|events|fs|http|http2|https|module|net|os|path|perf_hooks|process|readline|stream|timers|tls|tty|url|util|v8|vm|worker_threads|zlib)(\/[a-z]+)?$/.test(
    module,
  )

const isIndex = (module: string): boolean => /^\.(\/(index(\.[mc]?[jt]s)?)?)?$/.test(module)

/** How far away: `./a` is 0, `../a` is 1. */
const depthOf = (module: string): number => module.split('/').filter(part => part === '..').length

const groups: [name: string, key: Key][] = [
  ['alphabetical', () => 0],
  ['packages before own files', ({ module }) => (isRelative(module) ? 1 : 0)],
  ['packages, aliases, own files', ({ module }) => (isRelative(module) ? 2 : isAlias(module) ? 1 : 0)],
  ['protocols, packages, own files', ({ module }) => (isRelative(module) ? 2 : /^\w+:/.test(module) ? 0 : 1)],
  [
    'built-in modules, packages, aliases, own files',
    ({ module }) => (isRelative(module) ? 3 : isAlias(module) ? 2 : isBuiltIn(module) ? 0 : 1),
  ],
  [
    'built-in modules, packages, parents, siblings',
    ({ module }) =>
      isRelative(module)
        ? depthOf(module) > 0
          ? 3
          : isIndex(module)
            ? 5
            : 4
        : isAlias(module)
          ? 2
          : isBuiltIn(module)
            ? 0
            : 1,
  ],
]

const types: [name: string, key: Key][] = [
  ['', () => 0],
  [', types first', ({ isType }) => (isType ? 0 : 1)],
  [', types last', ({ isType }) => (isType ? 1 : 0)],
]

const depths: Key[] = [() => 0, ({ module }) => -depthOf(module), ({ module }) => depthOf(module)]

const natural = new Intl.Collator('en', { numeric: true })
const bare = (module: string): string => module.replace(/\.[mc]?[jt]sx?$/, '')
const ordinal = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const comparators: ((a: string, b: string) => number)[] = [
  ordinal,
  (a, b) => ordinal(a.toLowerCase(), b.toLowerCase()),
  (a, b) => natural.compare(a, b),
  (a, b) => natural.compare(bare(a), bare(b)),
  (a, b) => ordinal(bare(a).toLowerCase(), bare(b).toLowerCase()),
  (a, b) => natural.compare(a.replace(/^[^\w]+/, ''), b.replace(/^[^\w]+/, '')),
]

/** The orders that organisers of imports keep, the plainest first. */
export const orders: Order[] = types.flatMap(([suffix, type]) =>
  groups.flatMap(([name, group]) =>
    depths.flatMap(depth =>
      comparators.map((compare): Order => ({
        name: name + suffix,
        compare: (a, b) =>
          group(a) - group(b) || type(a) - type(b) || depth(a) - depth(b) || compare(a.module, b.module),
      })),
    ),
  ),
)

/** The first import of a block that stands too late; null when the block keeps the order. */
export const misplaced = (block: Block, { compare }: Order): { before: Import; after: Import } | null => {
  for (const [index, after] of block.entries()) {
    const before = block[index - 1]
    if (before && compare(before, after) > 0) return { before, after }
  }
  return null
}
