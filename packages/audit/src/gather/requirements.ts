import { list, table, text } from './tables.ts'

export interface Requirement {
  /** Lower case, with hyphens (PEP 503). */
  name: string
  /** What follows the name: extras, version, markers; empty when unbounded. */
  spec: string
  line?: number
}

const requirement = (written: string, line?: number): Requirement | null => {
  const match = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(.*)$/.exec(written)
  if (!match?.[1]) return null
  return {
    name: match[1].toLowerCase().replace(/[-_.]+/g, '-'),
    spec: (match[2] ?? '').trim(),
    ...(line === undefined ? {} : { line }),
  }
}

export const requirementsIn = (values: unknown): Requirement[] =>
  list(values).flatMap(written => {
    const one = requirement(written)
    return one ? [one] : []
  })

/** Poetry names its dependencies in a table; the entry `python` is the interpreter. */
export const poetryRequirements = (dependencies: unknown): Requirement[] =>
  Object.entries(table(dependencies)).flatMap(([name, value]) => {
    const spec = text(value) ?? text(table(value)['version']) ?? ''
    const one = name === 'python' ? null : requirement(`${name} ${spec}`)
    return one ? [one] : []
  })

/** The lines of a requirements.txt. */
export const requirementLines = (content: string): Requirement[] =>
  content.split('\n').flatMap((line, index) => {
    const written = line.replace(/(^|\s)#.*$/, '').trim()
    const one = written.startsWith('-') ? null : requirement(written, index + 1)
    return one ? [one] : []
  })
