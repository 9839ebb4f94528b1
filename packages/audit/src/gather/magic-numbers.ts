import type { SgNode } from '@ast-grep/napi'
import { gatherer } from '../core/item.ts'
import { openRuff } from '../instruments/ruff.ts'
import { authoredSources } from './lint.ts'
import { project } from './project.ts'
import { targetVersion } from './ruff-settings.ts'
import { trees, type Source } from './trees.ts'

/** A number in a comparison whose meaning has no name. */
export interface MagicNumber {
  path: string
  line: number
  number: string
}

export interface MagicNumbers {
  found: MagicNumber[]
  files: number
  /** Lines of source that were looked at. */
  lines: number
}

const comparing = /^([!=]==?|[<>]=?)$/

/** 0, 1 and 2 count things, statuses of HTTP are names already, and small lengths tell shapes apart. */
const isPlain = (number: string, beside: string): boolean => {
  const value = Math.abs(Number(number.replaceAll('_', '').replace(/n$/, '')))
  if (Number.isNaN(value) || value <= 2) return true
  if (value >= 100 && value < 600 && /status|code/i.test(beside)) return true
  return value < 10 && /\blen\(|\.(length|size|argc)\b|\b(argv|version\w*|major|minor)\b/i.test(beside)
}

const literal = (node: SgNode | null): string | null => {
  const inner = node?.kind() === 'unary_expression' ? node.field('argument') : node
  return inner?.kind() === 'number' ? (node?.text() ?? null) : null
}

const inTypeScript = (root: SgNode, { path }: Source): MagicNumber[] =>
  root.findAll({ rule: { kind: 'binary_expression' } }).flatMap(node => {
    if (!comparing.test(node.field('operator')?.text() ?? '')) return []
    const [left, right] = [node.field('left'), node.field('right')]
    const number = literal(right) ?? literal(left)
    if (number === null || (literal(left) !== null && literal(right) !== null)) return []
    const beside = (literal(right) === null ? right : left)?.text().slice(-120) ?? ''
    return isPlain(number, beside) ? [] : [{ path, line: node.range().start.line + 1, number }]
  })

/** Comparisons with numbers in the source of the server: by ruff (PLR2004) in Python, by the same rule in TypeScript. */
export const magicNumbers = gatherer<MagicNumbers, { trees: typeof trees; project: typeof project }>({
  id: 'magic-numbers',
  impact: 'read',
  from: 'repository',
  needs: { trees, project },
  gather: async (_, { trees, project: found }) => {
    const own = authoredSources(trees.sources, found).filter(({ role }) => role === 'server')
    const wanted = new Set(own.filter(({ language }) => language === 'typescript').map(({ path }) => path))
    const magic = await trees.visit({ test: (_, { path }) => wanted.has(path) }, inTypeScript)
    const python = own.filter(({ language }) => language === 'python')
    const ruff =
      python.length > 0
        ? await openRuff({ 'target-version': targetVersion(found), lint: { select: ['PLR2004'] } })
        : null
    for (const [index, { path, text }] of python.entries()) {
      if (index % 32 === 31) await new Promise(resolve => setImmediate(resolve))
      const rows = text.split('\n')
      for (const { rule, message, line } of ruff?.check(text) ?? []) {
        const number = /`([^`]*)`/.exec(message)?.[1] ?? ''
        if (rule === 'PLR2004' && !isPlain(number, (rows[line - 1] ?? '').slice(0, 500)))
          magic.push({ path, line, number })
      }
    }
    const lines = own.reduce((sum, { text }) => sum + text.split('\n').length, 0)
    return { found: magic, files: own.length, lines }
  },
})
