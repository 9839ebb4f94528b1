import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown } from '../../core/verdict.ts'
import { project } from '../../gather/project.ts'
import { releases } from '../../gather/releases.ts'
import { manifestOf, versionTags } from '../../gather/version-tags.ts'
import { compareVersions, isSemantic, parseVersion } from '../../gather/versions.ts'

/** Written where a release tool fills in the version later. */
const isPlaceholder = (version: string): boolean => version.startsWith('0.0.0')

const item: Item = {
  id: 'tagged-releases',
  area: 'packaging',
  rows: [111],
  title: 'Released versions are tagged',
  level: 'should',
  why: 'Without a tag nobody can look at, or build again, the code that a version was made of.',
  how: 'Tag the commit of each release with its semantic version, `git tag -a v1.4.0 -m v1.4.0`, and push the tag; or let the release tool do it.',
  refs: ['https://git-scm.com/book/en/v2/Git-Basics-Tagging', 'https://semver.org/'],
  checks: [
    check({
      asks: 'Are releases tagged with semantic versions, and does the newest fit the package?',
      needs: { versionTags, project, releases },
      judge: ({ versionTags: { tags, others, partial, from }, project, releases }) => {
        if (partial) return unknown(partial)
        const wanted = 'a tag with the semantic version of each release, such as v1.4.0'
        const [newest] = tags.filter(({ version }) => version.channel === null).concat(tags)
        const count =
          others.length > 0
            ? `${others.length} tags, none of them a version: ${others.slice(0, 5).join(', ')}`
            : 'no tags'
        if (!newest) return fail({ at: from, saw: count, wanted })
        if (!isSemantic(newest.version))
          return fail({
            at: from,
            saw: `the newest version is tagged ${newest.tag}`,
            wanted: 'three numbers, such as v1.4.0',
          })
        const manifest = manifestOf(project)
        const version = manifest?.version ? parseVersion(manifest.version) : null
        const known = { at: from, saw: `${tags.length} versions are tagged, the newest ${newest.tag}` }
        if (!manifest?.version || !version || releases.fromTag || isPlaceholder(manifest.version)) return pass(known)
        const other = [...project.node, ...project.python].find(
          one => one.directory !== project.scope.directory && one.version === newest.tag.replace(/^.*?(?=\d)/, ''),
        )
        if (compareVersions(newest.version, version) > 0 && other)
          return unknown(
            `${newest.tag} is the version of ${other.path}: which tags are those of ${manifest.path} is not known`,
          )
        // other packages of the repository may be out of sight
        if (compareVersions(newest.version, version) > 0 && project.scope.directory !== '' && /^v?\d/.test(newest.tag))
          return unknown(
            `${newest.tag} does not say of which package of the repository it is: whether ${manifest.path} was tagged is not known`,
          )
        if (compareVersions(newest.version, version) > 0)
          return fail({
            at: manifest.path,
            saw: `version ${manifest.version}, and ${newest.tag} is already tagged`,
            wanted: 'the version of the newest tag, or a later one',
          })
        return pass(known, { at: manifest.path, saw: `version ${manifest.version}` })
      },
    }),
  ],
}

export default item
