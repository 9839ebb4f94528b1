import { gatherer } from '../core/item.ts'
import type { Repository } from '../core/target.ts'
import { project, type Project } from './project.ts'
import { settingsDocumented, type Mention } from './settings-documented.ts'
import { isPlatformVariable, settingsReads, type Place, type SettingsReads } from './settings-reads.ts'
import { trees, type Trees } from './trees.ts'

/** Options that mean the same everywhere. */
const usual = /^--(help|version|verbose|quiet|silent|debug)$|^-[a-z]$/

type Named = { name: string } & Place

export interface SettingsDifferences {
  /** Explained somewhere, with the place that does it. */
  documented: (Named & { mention: Mention })[]
  /** Named somewhere, and nothing there tells what it means. */
  unexplained: (Named & { mention: Mention })[]
  /** Named nowhere. */
  undocumented: Named[]
  /** Listed as settings of this server, and nothing in the repository mentions them. */
  unread: Mention[]
  reads: SettingsReads
  places: string[]
}

const matches = (pattern: string, name: string): boolean => {
  const [start = '', ...rest] = pattern.split('*')
  return rest.length === 0 ? pattern === name : name.startsWith(start) && name.endsWith(rest.at(-1) ?? '')
}

/** The first word of a variable's name. */
const family = (name: string): string => name.split('_', 1)[0] ?? ''

/** The families of names that are this server's own: after its package, and not after a library that it uses. */
const ownFamilies = (found: Project, reads: SettingsReads): Set<string> => {
  const packages = [...found.node, ...found.python]
  const names = packages.flatMap(each => [each.name ?? '', ...Object.keys('bin' in each ? each.bin : each.scripts)])
  const own = new Set(names.flatMap(name => name.toUpperCase().split(/[^A-Z0-9]+/)))
  const libraries = new Set(
    packages
      .flatMap(each => ('bin' in each ? Object.keys(each.dependencies) : each.dependencies.map(({ name }) => name)))
      .flatMap(name => name.toUpperCase().split(/[^A-Z0-9]+/)),
  )
  const read = new Set(reads.variables.filter(({ name }) => name.includes('_')).map(({ name }) => family(name)))
  return new Set(
    [...read].filter(each => own.has(each) && !libraries.has(each) && !/^(MCP|SERVER|HTTP|LOG|APP)$/.test(each)),
  )
}

const otherText = /(^|\/)([^/]*Dockerfile[^/]*|[^/]+\.(sh|bash|ya?ml|toml|tf|json|cfg|ini|service))$/

/** Everything but documents, examples and manifests that may hand a setting on. */
const textsOf = async (repository: Repository, sources: Trees, places: string[]): Promise<string[]> => {
  const paths = repository.files.filter(path => otherText.test(path) && !places.includes(path)).slice(0, 1000)
  const texts = await Promise.all(paths.map(path => repository.text(path)))
  return [...sources.sources.map(({ text }) => text), ...texts.map(text => text ?? '')]
}

/** What is read and not documented, and what is documented and never read. */
export const settingsDifferences = gatherer<
  SettingsDifferences,
  { reads: typeof settingsReads; documented: typeof settingsDocumented; trees: typeof trees; project: typeof project }
>({
  id: 'settings-differences',
  impact: 'read',
  from: 'repository',
  needs: { reads: settingsReads, documented: settingsDocumented, trees, project },
  gather: async ({ repository }, { reads, documented, trees, project }) => {
    const { mentions, places } = documented
    const result: SettingsDifferences = { documented: [], unexplained: [], undocumented: [], unread: [], reads, places }
    const asked: Named[] = [
      ...reads.variables,
      ...reads.patterns.map(({ pattern, path, line }) => ({ name: pattern, path, line })),
      ...reads.options.filter(({ name, explained }) => !explained && !usual.test(name)),
    ]
    for (const setting of asked) {
      const named = mentions.filter(({ name }) => matches(name, setting.name) || matches(setting.name, name))
      const explained = named.find(({ explained }) => explained)
      if (explained) result.documented.push({ ...setting, mention: explained })
      else if (named[0]) result.unexplained.push({ ...setting, mention: named[0] })
      else result.undocumented.push(setting)
    }
    const own = ownFamilies(project, reads)
    const candidates = mentions.filter(
      ({ name, listed }) =>
        listed &&
        name.includes('_') &&
        own.has(family(name)) &&
        !isPlatformVariable(name) &&
        !asked.some(setting => matches(setting.name, name) || matches(name, setting.name)),
    )
    if (repository && candidates.length > 0 && reads.computed.length === 0) {
      const texts = await textsOf(repository, trees, places)
      const isMentioned = (name: string): boolean =>
        texts.some(text => new RegExp(`\\b${name.replaceAll(/\W/g, '')}\\b`, 'i').test(text))
      const isNew = ({ name }: Mention, at: number): boolean =>
        candidates.findIndex(other => other.name === name) === at
      result.unread = candidates.filter(isNew).filter(({ name }) => !isMentioned(name))
    }
    return result
  },
})
