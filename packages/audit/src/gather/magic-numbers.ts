import type { Node } from '@babel/types'
import { gatherer } from '../core/item.ts'
import { lineOf } from './code/typescript-nodes.ts'
import type { Parsed } from './code/typescript-parse.ts'
import { inTypeScript, placed } from './code/typescript-walks.ts'
import { authoredSources } from './lint.ts'
import { project } from './project.ts'
import { openPythonLint } from './python-lint.ts'
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

const isNumber = (node: Node): boolean =>
  node.type === 'UnaryExpression'
    ? isNumber(node.argument)
    : node.type === 'NumericLiteral' || node.type === 'BigIntLiteral'

const numbersIn = ({ program }: Parsed, { path, text }: Source): MagicNumber[] =>
  placed(program, 'BinaryExpression').flatMap(({ node }) => {
    const { left, right, operator } = node
    if (!comparing.test(operator) || isNumber(left) === isNumber(right)) return []
    const [literal, other] = isNumber(right) ? [right, left] : [left, right]
    const number = text.slice(literal.start ?? 0, literal.end ?? 0)
    const beside = text.slice(other.start ?? 0, other.end ?? 0).slice(-120)
    return isPlain(number, beside) ? [] : [{ path, line: lineOf(node), number }]
  })

/** Comparisons with numbers in the source of the server: by ruff (PLR2004) in Python, by the same rule in TypeScript. */
export const magicNumbers = gatherer<MagicNumbers, { trees: typeof trees; project: typeof project }>({
  id: 'magic-numbers',
  impact: 'read',
  from: 'repository',
  needs: { trees, project },
  gather: async ({ repository }, { trees, project: found }) => {
    const own = authoredSources(trees.sources, found).filter(({ role }) => role === 'server')
    const magic = (await inTypeScript(own, numbersIn)).flat()
    const python = own.filter(({ language }) => language === 'python')
    const linter = repository && python.length > 0 ? await openPythonLint(repository, found) : null
    const check = await linter?.read(python)
    for (const source of python) {
      const { path, text } = source
      const rows = text.split('\n')
      for (const { rule, message, line } of check?.(source) ?? []) {
        const number = /`([^`]*)`/.exec(message)?.[1] ?? ''
        if (rule === 'PLR2004' && !isPlain(number, (rows[line - 1] ?? '').slice(0, 500)))
          magic.push({ path, line, number })
      }
    }
    const lines = own.reduce((sum, { text }) => sum + text.split('\n').length, 0)
    return { found: magic, files: own.length, lines }
  },
})
