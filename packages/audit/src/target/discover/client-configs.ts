import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { Refusal } from '../../core/refusal.ts'
import type { Launch } from '../../core/target.ts'
import { parseClientConfig } from '../client-config.ts'
import { within, type Candidate, type Findings, type Source } from './candidate.ts'

const files = ['.mcp.json', 'mcp.json', '.vscode/mcp.json', '.cursor/mcp.json', 'claude_desktop_config.json']

/** Files below the root that a command line names. */
const namedFiles = ({ command, args, cwd }: Launch, root: string): string[] =>
  [command, ...args]
    .filter(word => /[/\\.]/.test(word) && !word.startsWith('-'))
    .map(word => relative(root, isAbsolute(word) ? word : resolve(cwd, word)))
    .filter(path => path !== '' && !path.startsWith('..') && !isAbsolute(path))
    .map(path => path.split(sep).join('/'))

/** Client configurations in the directory. Only what they start from the directory itself is its server. */
export const clientConfigs: Source = async place => {
  const { repository } = place
  const findings: Findings = { candidates: [], looked: [] }
  for (const file of files) {
    const path = within(place, file)
    const text = await repository.text(path)
    if (text === null) continue
    try {
      const { servers, notes } = parseClientConfig(text, join(repository.root, path), path)
      const candidates = servers.flatMap(({ name, source }): Candidate[] => {
        if (source.transport !== 'stdio') return []
        const inside = namedFiles(source.launch, repository.root).find(named => repository.exists(named))
        return inside ? [{ launch: source.launch, why: `"${name}" runs ${inside} of this directory` }] : []
      })
      findings.candidates.push(...candidates)
      if (candidates.length === 0) findings.looked.push(`${path} (${notes[0] ?? 'no server of this directory'})`)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      findings.looked.push(`${path} (${error.message})`)
    }
  }
  return findings
}
