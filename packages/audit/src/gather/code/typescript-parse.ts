import { createRequire } from 'node:module'
import type * as parser from '@babel/parser'
import type { ParserPlugin } from '@babel/parser'
import type { Comment, Program } from '@babel/types'

const options = (path: string, sourceType: 'module' | 'script') => {
  const isTypeScript = /\.[mc]?tsx?$/.test(path)
  const plugins: ParserPlugin[] = ['decorators-legacy', 'explicitResourceManagement', 'importAttributes']
  if (isTypeScript) plugins.push('typescript')
  if (!isTypeScript || path.endsWith('x')) plugins.push('jsx')
  return {
    sourceType,
    plugins,
    errorRecovery: true,
    attachComment: false,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowUndeclaredExports: true,
    allowImportExportEverywhere: true,
    allowSuperOutsideMethod: true,
    allowNewTargetOutsideFunction: true,
  } as const
}

const maxTries = 6

let babel: typeof parser | undefined

interface Fatal extends Error {
  reasonCode: string
}

/** What the parser goes on after leaves a tree with holes. */
const holes = /^(UnexpectedToken|Unterminated)/

/** Where the last statement that is not indented begins before an offset. */
const statementBefore = (text: string, offset: number): number => {
  for (let at = text.lastIndexOf('\n', offset - 1); at > 0; at = text.lastIndexOf('\n', at - 1))
    if (/[^\s)}\]]/.test(text[at + 1] ?? ' ')) return at + 1
  return 0
}

export interface Parsed {
  program: Program
  /** In the order of the source. */
  comments: Comment[]
  /** The first line that could not be read, and why; null when all of it was. */
  broken: { line: number; because: string } | null
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** The syntax tree of a file; of one that does not parse, what stands before the place where it breaks. Null for none. */
export const parseTypeScript = (path: string, text: string): Parsed | null => {
  babel ??= createRequire(import.meta.url)('@babel/parser') as typeof parser
  let end = text.length
  let broken: Parsed['broken'] = null
  for (let tries = 0; tries < maxTries && end >= 0; tries++) {
    const head = end === text.length ? text : text.slice(0, end)
    let failedAt = 0
    for (const sourceType of ['module', 'script'] as const)
      try {
        const { program, comments, errors } = babel.parse(head, options(path, sourceType))
        const fatal = (errors as unknown as Fatal[]).find(({ reasonCode }) => holes.test(reasonCode))
        if (fatal) throw fatal
        return { program, comments: comments ?? [], broken }
      } catch (error) {
        const { pos = 0, message } = error as { pos?: number; message?: string }
        failedAt = Math.max(failedAt, Math.min(pos, head.length))
        broken ??= { line: lineAt(text, pos), because: (message ?? 'it does not parse').replace(/ \(\d+:\d+\)$/, '') }
      }
    end = failedAt === 0 ? -1 : statementBefore(head, Math.min(failedAt, end - 1))
  }
  return null
}
