import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { npmPackage, type NpmPackage, type PackageEntry } from '../../gather/npm-package.ts'
import { project } from '../../gather/project.ts'
import { pypiPackage, type PackageScript, type PypiPackage } from '../../gather/pypi-package.ts'
import { isPublished, published, type Published } from '../../gather/published.ts'
import { registryEntry } from '../../gather/registry-entry.ts'

const isVersion = /^\d+\.\d+\.\d+([-+].+)?$/
const isName = /^(@[a-z0-9~._-]+\/)?[a-z0-9~-][a-z0-9~._-]*$/

const flawsOfEntry = (entry: PackageEntry, { path, outDir, decidedBy }: NpmPackage): Evidence[] => {
  const { what, file, state, hasShebang, unpacked, source } = entry
  const isElsewhere = state === 'built' && outDir !== null && outDir !== '' && !file.startsWith(`${outDir}/`)
  return [
    ...(state === 'missing'
      ? [{ at: path, saw: `${what}: ${file} does not exist, and nothing builds it`, wanted: 'a file of the package' }]
      : []),
    ...(isElsewhere
      ? [{ at: path, saw: `${what}: ${file}, but the compiler writes to ${outDir}`, wanted: `a file in ${outDir}` }]
      : []),
    ...(hasShebang === false
      ? [{ at: source ?? path, line: 1, saw: `${what} has no #! line`, wanted: '#!/usr/bin/env node' }]
      : []),
    ...(unpacked.length > 0
      ? [
          {
            at: path,
            saw: `${file} needs ${unpacked.slice(0, 3).join(', ')}, which ${decidedBy} leaves out of the package`,
            wanted: 'a package that contains all it needs',
          },
        ]
      : []),
  ]
}

const npmFlaws = (found: NpmPackage): Evidence[] => {
  const { path, name, version, isPrivate, entries, built, publishes } = found
  const [publish] = publishes
  const unbuilt = entries.find(({ state }) => state === 'built')
  return [
    ...(isPrivate
      ? [{ at: path, saw: '"private": true, so that npm refuses it', wanted: 'a package that can be published' }]
      : []),
    ...(name && isName.test(name)
      ? []
      : [{ at: path, saw: `the name ${name ?? 'is missing'}`, wanted: 'a name that npm takes' }]),
    ...(version && isVersion.test(version)
      ? []
      : [{ at: path, saw: `the version ${version ?? 'is missing'}`, wanted: 'a semantic version' }]),
    ...(entries.length === 0
      ? [{ at: path, saw: 'neither bin nor main', wanted: 'a bin that starts the server' }]
      : []),
    ...entries.flatMap(entry => flawsOfEntry(entry, found)),
    ...(unbuilt && built === null && publish
      ? [
          {
            at: publish.at,
            line: publish.line,
            saw: `${publish.does} publishes, and nothing builds ${unbuilt.file} before`,
            wanted: 'prepublishOnly, or a step that builds',
          },
        ]
      : []),
  ]
}

const aboutNpm = (found: NpmPackage, archive: Published): Verdict => {
  const { path, name, version, entries, built, decidedBy, lacking } = found
  const broken = npmFlaws(found)
  const open = entries.find(({ state }) => state === 'built')
  if (broken.length === 0 && open && built === null && !isPublished(archive))
    return unknown(`no hook and no pipeline builds ${open.file} before it is published: only who publishes knows`)
  const starts = entries.map(({ what, file, state }) => `${what} starts ${file} (${state})`).join('; ')
  const notes = lacking.length > 0 ? [{ at: path, saw: `not required, and not there: ${lacking.join(', ')}` }] : []
  const saw = `${name} ${version}: ${starts}; packed by ${decidedBy}${built ? `, built by ${built}` : ''}`
  return judged(broken, [{ at: path, saw }, ...notes], 'not reached')
}

const flawsOfScript = (
  { command, target, file, defined, packed }: PackageScript,
  { path, packs }: PypiPackage,
): Evidence[] => {
  const at = { at: path, saw: `the command ${command} is ${target}` }
  if (file === null) return [{ ...at, wanted: 'a module of this package' }]
  if (defined === 'missing')
    return [{ ...at, saw: `${at.saw}, which ${file} does not define`, wanted: 'a function that exists' }]
  if (defined === 'coroutine')
    return [{ ...at, saw: `${at.saw}, a coroutine that nobody awaits`, wanted: 'a function that runs it' }]
  return packed === false
    ? [
        {
          ...at,
          saw: `${at.saw} in ${file}, and the wheel only has ${packs?.join(', ')}`,
          wanted: 'a wheel with that module',
        },
      ]
    : []
}

const aboutPypi = (found: PypiPackage): Verdict => {
  const { path, name, version, scripts, refused, missing, lacking, backend } = found
  const broken: Evidence[] = [
    ...refused.map(saw => ({ at: path, saw, wanted: 'a package that can be uploaded' })),
    ...missing.map(({ field, file }) => ({
      at: path,
      saw: `${field}: ${file} does not exist`,
      wanted: 'a file that is there',
    })),
    ...scripts.flatMap(script => flawsOfScript(script, found)),
  ]
  const starts = scripts.map(({ command, target, file }) => `${command} = ${target} in ${file}`).join('; ')
  const notes = lacking.length > 0 ? [{ at: path, saw: `not required, and not there: ${lacking.join(', ')}` }] : []
  const saw = `${name} ${version ?? '(version set by the build)'}, built by ${backend ?? 'setuptools'}: ${starts || 'no command'}`
  return judged(broken, [{ at: path, saw }, ...notes], 'not reached')
}

const item: Item = {
  id: 'registry-package',
  area: 'packaging',
  rows: [110],
  title: 'A package that a registry can hand out',
  level: 'should',
  why: 'A package that lacks a file, a #! line or the build installs without a word and then does not start, on every machine but the author’s.',
  how: 'Give the package a name, a version and a command; list what it needs (`files` in package.json, `packages` of the build backend in pyproject.toml) and build it before it is packed (`prepublishOnly`, or a step of the release workflow). `npm pack --dry-run` and `uv build` show the result.',
  refs: [
    'https://docs.npmjs.com/cli/configuring-npm/package-json',
    'https://packaging.python.org/en/latest/guides/writing-pyproject-toml/',
    'https://github.com/modelcontextprotocol/registry',
  ],
  checks: [
    check({
      asks: 'Can it be published on npm or PyPI, with all that its command needs?',
      rows: [110],
      needs: { npmPackage, pypiPackage, project, published },
      judge: ({ npmPackage, pypiPackage, project, published }) => {
        const { scope, setupFiles, requirements, broken, languages } = project
        if (scope.others.length > 0)
          return unknown(`${scope.because}: check one of ${scope.others.slice(0, 6).join(', ')}`)
        const [unread] = broken
        if (unread) return fail({ at: unread.path, saw: unread.because, wanted: 'a manifest that can be read' })
        const isPython = languages.python > languages.typescript + languages.javascript
        if (pypiPackage && (isPython || !npmPackage)) return aboutPypi(pypiPackage)
        if (npmPackage && (!isPython || setupFiles.length + requirements.length === 0))
          return aboutNpm(npmPackage, published)
        if (setupFiles[0]) return unknown(`the metadata is in ${setupFiles[0]}, which is not executed`)
        if (languages.python + languages.typescript + languages.javascript === 0)
          return unknown('packages of npm and Python are read, and this is neither')
        return fail({
          at: '.',
          saw: 'no package.json and no pyproject.toml with a name',
          wanted: 'metadata of a package',
        })
      },
    }),
    check({
      asks: 'Does server.json name the packages of this repository?',
      rows: [],
      level: 'may',
      needs: { registryEntry },
      judge: ({ registryEntry: { path, name, entries, rewrittenBy } }) => {
        if (path === null) return notApplicable('there is no server.json for the registry of MCP servers')
        const broken = entries.flatMap(({ path, line, saw, wanted }) =>
          wanted ? [{ at: path, line, saw, wanted }] : [],
        )
        const fine = entries.map(({ path, line, saw }) => ({ at: path, line, saw }))
        const rewritten = rewrittenBy ? [{ at: path, saw: `its version is set by ${rewrittenBy.slice(0, 120)}` }] : []
        return judged(broken, [...fine, ...rewritten], `${path} names no package of npm or PyPI for ${name}`)
      },
    }),
  ],
}

export default item
