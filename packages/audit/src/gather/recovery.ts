import { gatherer } from '../core/item.ts'
import { handbook } from './handbook.ts'
import { missingCommands, type Absent } from './named.ts'
import { passagesAbout, placeholdersIn, stepsIn, textOf, type Passage, type Placeholder } from './passages.ts'
import { project, type Project } from './project.ts'
import { tasks } from './tasks.ts'

export interface RecoveryPassage {
  path: string
  line: number
  title: string
  /** What has to be done, in the order in which it stands there. */
  steps: string[]
  /** How long it takes or how much may be lost: `15 minutes`. */
  times: string[]
  /** What of this server it names: its package, its image, its command; null when nothing. */
  names: string | null
  placeholders: Placeholder[]
  missing: Absent[]
}

export interface Recovery {
  /** What to do when the server or its machine is lost. */
  disaster: RecoveryPassage[]
  /** How data is saved and brought back. */
  backup: RecoveryPassage[]
}

const aboutDisaster =
  /disaster|recover(y|ing)\b|outage|\bincident|business continuity|fail-?over|rebuild(ing)? (from|the)|runbook|restor(e|ing) (the )?service/i
const aboutBackup = /back-?ups?\b|backing up|restor(e|ing)\b|data (retention|protection|durability)/i

const duration =
  /\b(\d{1,4}([.,]\d)?|an?|one|two|five|ten|fifteen|thirty|half an)[ -]?(s|secs?|seconds?|min|mins|minutes?|h|hrs?|hours?|days?)\b/gi

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()

/** What the server is called: its packages and its commands, without the scope. */
export const ownNames = ({ node, python, scope }: Project): string[] => {
  const here = ({ directory }: { directory: string }): boolean => directory === scope.directory
  const names = [
    ...node.filter(here).flatMap(({ name, bin }) => [name?.replace(/^@[^/]+\//, '') ?? '', ...Object.keys(bin)]),
    ...python.filter(here).flatMap(({ name, scripts }) => [name ?? '', ...Object.keys(scripts)]),
  ]
  return [...new Set(names.filter(name => name.length > 2))]
}

const describe = (
  passage: Passage,
  project: Project,
  tasks: Parameters<typeof missingCommands>[2],
): RecoveryPassage => {
  const text = textOf(passage)
  const searched = ` ${plain(text)} `
  return {
    path: passage.path,
    line: passage.line,
    title: passage.title,
    steps: stepsIn(passage),
    times: [...new Set([...text.slice(0, 100_000).matchAll(duration)].map(([found]) => found))].slice(0, 20),
    names: ownNames(project).find(name => searched.includes(` ${plain(name)} `)) ?? null,
    placeholders: placeholdersIn(passage, { strict: true }),
    missing: missingCommands({ path: passage.path, sections: passage.sections }, project, tasks),
  }
}

/** What the documents say about losing the server or its data. */
export const recovery = gatherer<Recovery, { handbook: typeof handbook; project: typeof project; tasks: typeof tasks }>(
  {
    id: 'recovery',
    impact: 'read',
    from: 'repository',
    needs: { handbook, project, tasks },
    gather: (_, { handbook, project, tasks }) => ({
      disaster: passagesAbout(handbook, aboutDisaster).map(passage => describe(passage, project, tasks)),
      backup: passagesAbout(handbook, aboutBackup).map(passage => describe(passage, project, tasks)),
    }),
  },
)
