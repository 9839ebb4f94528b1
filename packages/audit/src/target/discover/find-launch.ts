import { Refusal } from '../../core/refusal.ts'
import type { Launch, Repository } from '../../core/target.ts'
import { findExecutable } from '../executable.ts'
import { bundleManifest } from './bundle-manifest.ts'
import { namesAnMcpServer, type Candidate, type Findings, type Source } from './candidate.ts'
import { clientConfigs } from './client-configs.ts'
import { nodePackage } from './node-package.ts'
import { pythonFile } from './python-file.ts'
import { pythonProject } from './python-project.ts'
import { registryEntry } from './registry-entry.ts'
import { packageFolders, workspaceFolders } from './workspaces.ts'

export interface FoundLaunch {
  launch: Launch
  /** What was taken and what else was seen, in a sentence. */
  note: string
}

/** What a package says about itself, the most trusted first. */
const ownSources: Source[] = [bundleManifest, nodePackage, pythonProject, pythonFile]

const lookIn = async (repository: Repository, folder: string, sources: Source[]): Promise<Findings> => {
  const findings: Findings = { candidates: [], looked: [] }
  for (const source of sources) {
    const { candidates, looked } = await source({ repository, folder })
    findings.candidates.push(...candidates.map(withCommandChecked))
    findings.looked.push(...looked)
  }
  return findings
}

const withCommandChecked = (candidate: Candidate): Candidate => {
  const { command, cwd } = candidate.launch
  if (candidate.obstacle || findExecutable(command, cwd)) return candidate
  return { ...candidate, obstacle: { saw: `its command ${command} was not found`, hint: `install ${command} first` } }
}

const mentioned = (candidates: Candidate[]): string =>
  candidates
    .slice(0, 5)
    .map(({ launch, obstacle }) => (obstacle ? `${launch.origin} (${obstacle.saw})` : launch.origin))
    .join(', ')

/** The first that can start; a Refusal when there are only such that cannot. */
const choose = (candidates: Candidate[], hint: string): FoundLaunch | null => {
  const [first] = candidates
  if (!first) return null
  const chosen = candidates.find(({ obstacle }) => !obstacle)
  if (!chosen?.launch && first.obstacle)
    throw new Refusal(
      `${first.launch.origin} cannot be started: ${first.obstacle.saw}`,
      `${first.obstacle.hint}, or ${hint}`,
    )
  const { launch, why } = chosen ?? first
  const others = mentioned(candidates.filter(candidate => candidate.launch !== launch))
  return { launch, note: `took ${launch.origin} (${why})${others ? `; also saw ${others}` : ''}` }
}

const likeness = (folder: string, candidates: Candidate[]): number =>
  (candidates.some(({ launch }) => launch.origin.includes(' bin ') || launch.origin.includes(' scripts "')) ? 4 : 0) +
  (namesAnMcpServer(folder) || /server/i.test(folder) ? 2 : 0) +
  (candidates.some(({ obstacle }) => !obstacle) ? 1 : 0)

/** The one package among the workspaces that is the server; a Refusal when several are equally likely. */
const amongWorkspaces = async (repository: Repository, shown: string, hint: string): Promise<FoundLaunch | null> => {
  const packages = []
  for (const folder of await workspaceFolders(repository)) {
    const { candidates } = await lookIn(repository, folder, ownSources)
    if (candidates.length > 0) packages.push({ folder, candidates, likeness: likeness(folder, candidates) })
  }
  packages.sort((a, b) => b.likeness - a.likeness)
  const [best, second] = packages
  if (best && second?.likeness === best.likeness) {
    const folders = packages.filter(({ likeness }) => likeness === best.likeness).map(({ folder }) => folder)
    throw new Refusal(
      `${shown} has ${folders.length} packages that could be the server`,
      `name one of their directories: ${folders.slice(0, 8).join(', ')}`,
    )
  }
  return choose(
    packages.flatMap(({ candidates }) => candidates),
    hint,
  )
}

/**
 * How the server of a directory is started, learnt from its files; nothing is executed. `shown` is how the user named
 * the directory. Throws a Refusal when there is no way, or none that works yet.
 */
export const findLaunch = async (repository: Repository, shown: string): Promise<FoundLaunch> => {
  const hint = `name the command yourself: airworthy check ${shown} -- COMMAND`
  const own = await lookIn(repository, '', ownSources)
  const chosen = choose(own.candidates, hint) ?? (await amongWorkspaces(repository, shown, hint))
  if (chosen) return chosen
  const configs = await lookIn(repository, '', [clientConfigs])
  const published = await lookIn(repository, '', [registryEntry])
  const last = choose([...configs.candidates, ...published.candidates], hint)
  if (last) return last
  const looked = [...own.looked, ...configs.looked, ...published.looked]
  const inner = packageFolders(repository).slice(0, 8)
  throw new Refusal(
    `no start command found in ${shown}`,
    [
      `looked at ${looked.length > 0 ? looked.join(', ') : 'manifest.json, package.json, pyproject.toml, Python files, client configurations and server.json'}`,
      ...(inner.length > 0 ? [`there are packages in ${inner.join(', ')}: name one as the directory`] : []),
      hint,
    ].join('; '),
  )
}
