import type { Node } from '@babel/types'
import { gatherer, Undecided } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import type { RuffFinding } from '../instruments/ruff.ts'
import type { Parsed } from './code/typescript-parse.ts'
import { inTypeScript } from './code/typescript-walks.ts'
import { commands } from './commands.ts'
import { misplaced, orders, type Block, type Order } from './imports/orders.ts'
import { organiserOf, type Organiser } from './imports/organisers.ts'
import { unsortedAnyway } from './imports/python-settings.ts'
import { authoredSources } from './lint.ts'
import { project, type Project } from './project.ts'
import { openPythonLint } from './python-lint.ts'
import { trees, type Source } from './trees.ts'

export interface ImportOrder {
  language: 'typescript' | 'python'
  /** What the imports were held against. */
  against: string
  files: number
  unsorted: { path: string; line: number; saw: string }[]
  /** A tool of the project that keeps an order which is not read. */
  organiser: Organiser | null
}

const findings = (check: (source: Source) => RuffFinding[], source: Source): ImportOrder['unsorted'] => {
  const { path } = source
  try {
    const found = check(source).filter(({ rule }) => rule === 'I001')
    return found.map(({ line }) => ({ path, line, saw: 'I001: this block of imports is not sorted' }))
  } catch {
    return []
  }
}

const isortElsewhere = async (repository: Repository, found: Project): Promise<Organiser | null> => {
  const isort = found.python.find(({ tool }) => tool['isort'] !== undefined)
  if (isort) return { name: 'isort', at: isort.path }
  if ((await repository.text('.isort.cfg')) !== null) return { name: 'isort', at: '.isort.cfg' }
  return /^\[(tool:)?isort\]/m.test((await repository.text('setup.cfg')) ?? '')
    ? { name: 'isort', at: 'setup.cfg' }
    : null
}

const pythonOrder = async (repository: Repository, found: Project, sources: Source[]): Promise<ImportOrder> => {
  const linter = await openPythonLint(repository, found)
  if (linter.unsorting !== null)
    throw new Undecided(`ruff does not take the settings for imports: ${linter.unsorting.slice(0, 150)}`)
  const skipped = await unsortedAnyway(repository, found)
  const looked = sources.filter(({ path, text }) => !skipped(path) && /^(import|from)\b/m.test(text))
  const check = await linter.read(looked)
  return {
    language: 'python',
    against: `ruff ${linter.version} (I001)`,
    files: looked.length,
    unsorted: looked.flatMap(source => findings(check, source)),
    organiser: await isortElsewhere(repository, found),
  }
}

/** Imports without a name only run something: their place means something, so that no order goes across them. */
const blocksIn = ({ program, comments }: Parsed): Block[] => {
  const blocks: Block[] = [[]]
  let [last, end] = [-1, 0]
  const parts: Node[] = [...program.directives, ...program.body]
  for (const node of [...parts, ...comments].toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0))) {
    if ((node.start ?? 0) < end) continue
    const line = node.loc?.start.line ?? 1
    const isNamed = node.type === 'ImportDeclaration' && node.specifiers.length > 0
    if (!isNamed || line > last + 1) blocks.push([])
    if (isNamed) blocks.at(-1)?.push({ module: node.source.value, line, isType: node.importKind === 'type' })
    last = node.loc?.end.line ?? line
    end = node.end ?? 0
  }
  return blocks.filter(block => block.length > 1)
}

interface Placed {
  path: string
  block: Block
}

const unsortedBy = (order: Order, placed: Placed[]): ImportOrder['unsorted'] =>
  placed.flatMap(({ path, block }) => {
    const wrong = misplaced(block, order)
    return wrong
      ? { path, line: wrong.after.line, saw: `'${wrong.after.module}' stands after '${wrong.before.module}'` }
      : []
  })

/** Blocks that import the same in the same order, and how many of them there are: many files import the same few. */
const alike = (placed: Placed[]): { block: Block; count: number }[] => {
  const groups = new Map<string, { block: Block; count: number }>()
  for (const { block } of placed) {
    const key = JSON.stringify(block.map(({ module, isType }) => [module, isType]))
    const group = groups.get(key)
    if (group) group.count++
    else groups.set(key, { block, count: 1 })
  }
  return [...groups.values()]
}

/** How many blocks break an order; counting ends at the limit. */
const breaches = (order: Order, groups: { block: Block; count: number }[], limit: number): number => {
  let found = 0
  for (const { block, count } of groups) {
    if (misplaced(block, order)) found += count
    if (found >= limit) break
  }
  return found
}

/** The order that the fewest blocks break; an order is given up as soon as it is no better. */
const bestOrder = (placed: Placed[]): { name: string; unsorted: ImportOrder['unsorted'] } | null => {
  const groups = alike(placed)
  let best: Order | null = null
  let fewest = Infinity
  for (const order of orders) {
    const found = breaches(order, groups, fewest)
    if (found < fewest) [best, fewest] = [order, found]
    if (fewest === 0) break
  }
  return best && { name: best.name, unsorted: unsortedBy(best, placed) }
}

const typescriptOrder = async (sources: Source[], organiser: Organiser | null) => {
  const wanted = sources.filter(({ text }) => /^import\b/m.test(text))
  const blocks = await inTypeScript(wanted, (parsed, { path }) => blocksIn(parsed).map(block => ({ path, block })))
  const found = blocks.flat()
  const best = bestOrder(found)
  const files = new Set(found.map(({ path }) => path)).size
  const isKept = new Set(best?.unsorted.map(({ path }) => path)).size * 2 < files
  return {
    language: 'typescript' as const,
    against: `${isKept ? 'the order that most files keep' : 'the order that comes nearest, most files keep none'}: ${best?.name ?? ''}`,
    files,
    unsorted: best?.unsorted ?? [],
    organiser,
  }
}

/** The order of the imports of each language. */
export const importOrder = gatherer<
  ImportOrder[],
  { trees: typeof trees; project: typeof project; commands: typeof commands }
>({
  id: 'import-order',
  impact: 'read',
  from: 'repository',
  needs: { trees, project, commands },
  gather: async ({ repository }, { trees, project: found, commands }) => {
    if (!repository) throw new Undecided('no directory was given')
    const sources = authoredSources(trees.sources, found)
    const python = sources.filter(({ language }) => language === 'python')
    const typescript = sources.filter(({ language }) => language === 'typescript')
    return [
      ...(typescript.length > 0 ? [await typescriptOrder(typescript, organiserOf(found, commands.all))] : []),
      ...(python.length > 0 ? [await pythonOrder(repository, found, python)] : []),
    ]
  },
})
