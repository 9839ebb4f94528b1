import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Undecided } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { runCommand } from './command.ts'

export interface OxlintFinding {
  path: string
  /** A rule such as `eslint(no-unused-vars)`, or `syntax`. */
  rule: string
  message: string
  line: number
}

export interface Oxlint {
  version: string
  findings: OxlintFinding[]
}

const installed = createRequire(import.meta.url)
/** Below what systems allow for the arguments of one process. */
const argumentBytes = 500_000
const maxBytes = 64 * 1024 * 1024
const config = { plugins: ['typescript', 'oxc'], categories: { correctness: 'error' } }

interface Report {
  diagnostics: { code?: string; message: string; filename?: string; labels?: { span: { line: number } }[] }[]
}

const batches = (paths: string[]): string[][] => {
  const all: string[][] = []
  let size = Infinity
  for (const path of paths) {
    if (size + path.length > argumentBytes) {
      all.push([])
      size = 0
    }
    all.at(-1)?.push(path)
    size += path.length + 1
  }
  return all
}

/** Lints the files with our own Oxlint and our own rules: correctness only. No configuration of the target is read. */
export const runOxlint = async (root: string, paths: string[], target: Target): Promise<Oxlint> => {
  const manifest = installed.resolve('oxlint/package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const configFile = join(target.scratch, 'oxlint.json')
  writeFileSync(configFile, JSON.stringify(config))
  const findings: OxlintFinding[] = []
  for (const batch of batches(paths.map(path => join(root, path)))) {
    const { stdout, stderr, cut } = await runCommand({
      command: process.execPath,
      args: [
        join(manifest, '../bin/oxlint'),
        '-c',
        configFile,
        '--disable-nested-config',
        '--no-ignore',
        '--format=json',
        ...batch,
      ],
      cwd: target.scratch,
      deadlineMs: 30_000,
      maxBytes,
      signal: target.signal,
    })
    if (cut) throw new Undecided(`oxlint was ended at its ${cut}`)
    const said = stdout.toString('utf8')
    if (!said.startsWith('{'))
      throw new Undecided(`oxlint broke down on the source: ${stderr.slice(0, 200) || 'no report'}`)
    for (const { code, message, filename, labels } of (JSON.parse(said) as Report).diagnostics) {
      // of a file that is not UTF-8 it says that much and names no file
      if (filename === undefined) continue
      const path = filename.startsWith(root) ? filename.slice(root.length + 1) : filename
      findings.push({ path, rule: code ?? 'syntax', message, line: labels?.[0]?.span.line ?? 1 })
    }
  }
  // its threads report in no order
  const byPlace = (a: OxlintFinding, b: OxlintFinding): number =>
    a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1
  return { version, findings: findings.toSorted(byPlace) }
}
