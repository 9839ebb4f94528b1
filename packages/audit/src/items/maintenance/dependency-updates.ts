import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { directoryOf, ecosystems, type Ecosystem } from '../../gather/ecosystems.ts'
import { lockAgreement, type Disagreement } from '../../gather/lock-agreement.ts'
import { isPublished, published } from '../../gather/published.ts'
import { updateBots, type UpdateBot, type UpdateBots } from '../../gather/update-bots.ts'

const said: Record<Ecosystem['name'], string> = {
  npm: 'npm packages',
  python: 'Python packages',
  docker: 'base images',
  'github-actions': 'GitHub Actions',
  go: 'Go modules',
  cargo: 'crates',
  nuget: 'NuGet packages',
  maven: 'Maven artifacts',
  gradle: 'Gradle dependencies',
  bundler: 'gems',
  composer: 'Composer packages',
}

/** `*` stands for part of a folder's name, `**` for any folders; few of them, so that no pattern is slow. */
const matches = (pattern: string, directory: string): boolean => {
  const literal = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
  const parts = literal.split('*').length
  return parts > 6
    ? false
    : new RegExp(`^${literal.replaceAll(/\*\*\/?|\*/g, star => (star === '*' ? '[^/]*' : '.*'))}$`).test(directory)
}

/** Actions are looked for in .github/workflows when the folder is the root. */
const looksAt = ({ directories }: UpdateBot, { name, manifests, locks }: Ecosystem): boolean =>
  directories === null ||
  [...manifests, ...(locks ?? [])].some(path =>
    directories.some(
      pattern => matches(pattern, directoryOf(path)) || (name === 'github-actions' && /^$|^\.github/.test(pattern)),
    ),
  )

const uncovered = (ecosystem: Ecosystem, { bots }: UpdateBots): Evidence[] => {
  const own = bots.filter(bot => bot.ecosystem === ecosystem.name)
  if (own.some(bot => bot.idle === null && looksAt(bot, ecosystem))) return []
  const [manifest = '.'] = ecosystem.manifests
  const wanted = `an entry for ${said[ecosystem.name]} that looks at ${directoryOf(manifest) || 'the root'}`
  const [near] = own
  if (!near) return [{ at: manifest, saw: `nothing proposes newer ${said[ecosystem.name]}`, wanted }]
  const because = near.idle ?? `it looks at ${near.directories?.join(', ') ?? ''}, where there are none`
  const saw = `${near.what} would propose newer ${said[ecosystem.name]}, but ${because}`
  return [{ at: near.path, line: near.line, saw, wanted }]
}

const unlocked = ({ name, manifests, locks }: Ecosystem): Evidence[] =>
  locks?.length === 0 && /^(npm|python|bundler|composer)$/.test(name)
    ? [{ at: manifests[0] ?? '.', saw: `no lock file for ${said[name]}`, wanted: 'a committed lock file' }]
    : []

const disagreed = ({ path, manifest, unlocked: names, broken }: Disagreement): Evidence => ({
  at: path,
  saw:
    broken === null ? `${names.slice(0, 6).join(', ')} of ${manifest} is not locked` : `it cannot be read: ${broken}`,
  wanted: `a lock file that belongs to ${manifest}`,
})

const covered = (ecosystem: Ecosystem, { bots }: UpdateBots): Evidence[] => {
  const bot = bots.find(each => each.ecosystem === ecosystem.name && each.idle === null && looksAt(each, ecosystem))
  const locks = ecosystem.locks?.length ? `; locked by ${ecosystem.locks[0]}` : ''
  return bot ? [{ at: bot.path, line: bot.line, saw: `${bot.what}: ${said[ecosystem.name]}${locks}` }] : []
}

const item: Item = {
  id: 'dependency-updates',
  area: 'maintenance',
  rows: [70],
  title: 'Dependencies that are kept up to date',
  level: 'should',
  why: 'Dependencies that nobody raises collect known holes until the step to a repaired version is too large to be made in a hurry.',
  how: 'Commit a lock file, and add .github/dependabot.yml or renovate.json with an entry for each ecosystem of the repository: npm or uv, docker and github-actions as well.',
  refs: [
    'https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference',
    'https://docs.renovatebot.com/configuration-options/',
  ],
  checks: [
    check({
      asks: 'Does something propose newer versions in every ecosystem, and are the versions in use locked?',
      needs: { ecosystems, updateBots, lockAgreement, published },
      judge: ({ ecosystems, updateBots, lockAgreement, published }) => {
        if (ecosystems.length === 0) return unknown('no dependency of a known ecosystem was found')
        const [unread] = updateBots.broken
        if (unread)
          return fail({ at: unread.path, line: unread.line, saw: unread.because, wanted: 'a valid configuration' })
        const broken = [
          ...ecosystems.flatMap(each => uncovered(each, updateBots)),
          ...ecosystems.flatMap(unlocked),
          ...lockAgreement.map(disagreed),
        ]
        if (broken.length > 0 && isPublished(published))
          return unknown(`this is ${published.what}; how it is kept is not part of it`)
        return judged(
          broken,
          ecosystems.flatMap(each => covered(each, updateBots)),
          'not reached',
        )
      },
    }),
  ],
}

export default item
