import { gatherer } from '../core/item.ts'
import { pipelines } from './pipelines.ts'
import { folder } from './shell.ts'
import { runsOf, type Run } from './runs.ts'
import { stagesOfRun } from './stages.ts'
import { tasks } from './tasks.ts'

export interface Packing {
  /** Folders that become a bundle; null when the folder is computed. */
  packed: { directory: string | null; command: string }[]
  /** Commands that build something, as they are written. */
  builds: string[]
  /** Commands that write a manifest, so that its version is set at release. */
  rewrites: string[]
}

const packedBy = ({ words, directory, via }: Run): Packing['packed'] => {
  if (!/^(mcpb|dxt)$/.test(words[0] ?? '') || words[1] !== 'pack') return []
  const place = words.slice(2).find(word => !word.startsWith('-')) ?? '.'
  return [{ directory: folder(directory, place), command: via.join(' → ') }]
}

const rewrites = ({ words }: Run): boolean =>
  /^(jq|yq|sed|perl|node|python3?|tsx|json|npx|dasel)$/.test(words[0] ?? '') &&
  words.some(word => /(^|\/)manifest\.json\b/.test(word))

/** Which folders the project's own commands pack into a bundle, and what they build before. */
export const packing = gatherer<Packing, { tasks: typeof tasks; pipelines: typeof pipelines }>({
  id: 'packing',
  impact: 'read',
  from: 'repository',
  needs: { tasks, pipelines },
  gather: (_, { tasks, pipelines }) => {
    const scripts = [
      ...tasks.node.flatMap(({ scripts, directory }) => Object.values(scripts).map(script => ({ script, directory }))),
      ...tasks.named.map(({ script, path }) => ({
        script,
        directory: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
      })),
      ...Object.values(tasks.scripts).map(script => ({ script, directory: '' })),
    ]
    const runs = [
      ...scripts.flatMap(({ script, directory }) => runsOf(script, directory, tasks).runs),
      ...pipelines.steps.flatMap(step => step.runs),
    ]
    const versionScripts = tasks.node.flatMap(({ scripts }) =>
      Object.entries(scripts).flatMap(([name, script]) =>
        /manifest\.json/.test(script) && /version/.test(`${name} ${script}`) ? [script] : [],
      ),
    )
    return {
      packed: runs.flatMap(packedBy),
      builds: [
        ...new Set(
          runs.filter(({ words }) => stagesOfRun(words).includes('build')).map(({ words }) => words.join(' ')),
        ),
      ],
      rewrites: [...new Set([...runs.filter(rewrites).map(({ via }) => via.join(' → ')), ...versionScripts])],
    }
  },
})
