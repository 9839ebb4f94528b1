import type { Repository } from '../../core/target.ts'
import { isLock, starting } from '../code/beside.ts'
import { entriesAt, fileOf } from '../code/locate.ts'
import { directoryOf, join, type Places } from '../code/places.ts'
import type { NodePackage, Project } from '../project.ts'
import { roleOf } from '../roles.ts'
import { serving, textsIn } from '../tool-scripts.ts'
import type { Language } from '../trees.ts'

const script = /(?<!\.d)\.[mc]?[jt]sx?$/
const isBuilt = (path: string): boolean => /(^|\/)(dist|build|out|lib|esm|cjs)\//.test(path)
const words = /[\w@./-]{1,200}\.(?:[mc]?[jt]sx?|py)\b/g

interface Starts {
  paths: string[]
  /** Something is started that was not found among the sources. */
  isOpen: boolean
}

/** What `bin`, `main` and `exports` name, and what scripts that start something run. */
const ofPackage = ({ directory, raw, scripts }: NodePackage, { paths }: Places): Starts => {
  const { bin, main, module, exports } = raw
  const files = textsIn([bin, main, module, exports]).filter(text => script.test(text) || !/\.\w+$/.test(text))
  const found = files.map(text => ({ text, at: entriesAt(join(directory, text) ?? '', paths) }))
  const run = Object.entries(scripts).filter(([name]) => serving.test(name))
  const ran = run.flatMap(([, text]) => [...text.matchAll(words)].map(([word]) => join(directory, word) ?? ''))
  return {
    paths: [...found.flatMap(({ at }) => at), ...ran.flatMap(path => entriesAt(path, paths))],
    // `npm init` writes a main that is never made; a pattern stands for any file
    isOpen: found.some(({ text, at }) => text.includes('*') || (at.length === 0 && isBuilt(text))),
  }
}

/** Names of files and modules in what starts a server: a Dockerfile, a shell script, the manifest of a bundle. */
const namedIn = async (repository: Repository, places: Places): Promise<string[]> => {
  const files = repository.files.filter(
    path =>
      starting.test(path) &&
      !isLock(path) &&
      roleOf(path) === 'server' &&
      !/(^|\/)(package|tsconfig[^/]*|pyproject)\.(json|toml)$/.test(path),
  )
  const texts = await Promise.all(
    files.map(async path => ({ path, text: ((await repository.text(path)) ?? '').slice(0, 200_000) })),
  )
  return texts.flatMap(({ path, text }) => [
    ...[...text.matchAll(words)].flatMap(([word]) =>
      [join(directoryOf(path), word), join('', word.replace(/^\/\w+\//, ''))].flatMap(each =>
        each === null ? [] : entriesAt(each, places.paths),
      ),
    ),
    ...[...text.matchAll(/-m["', ]+([\w.]{1,100})|\b([A-Za-z_][\w.]{0,100}):\w/g)].flatMap(
      ([, run, app]) => fileOf({ path, language: 'python' }, run ?? app ?? '', places) ?? [],
    ),
  ])
}

/**
 * The files with which the package that is the server is started, by language; null where that is not known, or something
 * is started that is not there.
 */
export const openEntries = async (
  repository: Repository,
  { node, python, scope }: Project,
  places: Places,
): Promise<(language: Language) => string[] | null> => {
  if (scope.others.length > 0) return () => null
  const isServer = ({ directory }: { directory: string }): boolean => directory === scope.directory
  const named = await namedIn(repository, places)
  const packages = node.filter(isServer).map(one => ofPackage(one, places))
  const commands = python
    .filter(isServer)
    .flatMap(({ path, scripts }) =>
      Object.values(scripts).map(entry => fileOf({ path, language: 'python' }, entry.split(':')[0] ?? '', places)),
    )
  const found: Record<Language, string[] | null> = {
    typescript: packages.some(({ isOpen }) => isOpen) ? null : packages.flatMap(({ paths }) => paths),
    python: commands.every(path => path !== null) ? commands : null,
  }
  return language => (found[language]?.length ? [...found[language], ...named] : null)
}
