import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { handedVariables, readByLibrary } from '../../gather/handed-variables.ts'
import { settingsDifferences, type SettingsDifferences } from '../../gather/settings-differences.ts'

const differences = ({ undocumented, unexplained, unread, places }: SettingsDifferences): Evidence[] => [
  ...undocumented.map(({ name, path, line }) => ({
    at: path,
    line,
    saw: `${name} is read here and named in none of ${places.slice(0, 6).join(', ') || 'the documents (there are none)'}`,
    wanted: 'its meaning and default in the documents',
  })),
  ...unexplained.map(({ name, path, mention }) => ({
    at: mention.path,
    line: mention.line,
    saw: `${name} (read in ${path}) is named, but not what it means`,
    wanted: 'its meaning and default',
  })),
  ...unread.map(({ name, path, line }) => ({
    at: path,
    line,
    saw: `${name} is documented, but nothing reads it`,
    wanted: 'only settings that have an effect',
  })),
]

const item: Item = {
  id: 'config-documentation',
  area: 'configuration',
  rows: [58, 68, 104],
  title: 'Every setting is documented',
  level: 'must',
  why: 'A setting that nobody knows of cannot be set, and one that no longer works is set in vain.',
  how: 'Name each environment variable that the code reads in README.md, docs/ or .env.example with its meaning and default, and remove those that are not read any more.',
  refs: ['https://12factor.net/config'],
  checks: [
    check({
      asks: 'Is every setting that the code reads documented, and every documented one read?',
      needs: { settings: settingsDifferences, handed: handedVariables },
      judge: ({ settings, handed: [handed] }) => {
        const { reads, documented } = settings
        if (reads.sources === 0)
          return unknown(
            reads.bundles[0]
              ? `${reads.bundles[0]} contains its dependencies: which settings are its own cannot be told`
              : 'no source in TypeScript, JavaScript or Python',
          )
        const [computed] = reads.computed
        if (reads.variables.length + reads.patterns.length + reads.options.length === 0)
          return computed
            ? unknown(`the names of the settings are computed, in ${computed.path}:${computed.line}`)
            : handed
              ? unknown(readByLibrary(handed))
              : notApplicable('the code reads no environment variable and declares no option')
        const proven = documented.map(({ name, path, line, mention }) => ({
          at: mention.path,
          line: mention.line,
          saw: `${name}, read in ${path}:${line}`,
        }))
        const helped = reads.options.filter(({ explained }) => explained)
        const [option] = helped
        const options = option
          ? [
              {
                at: option.path,
                line: option.line,
                saw: `--help explains ${helped.map(({ name }) => name).join(', ')}`,
              },
            ]
          : []
        return judged(differences(settings), [...proven, ...options], 'not reached')
      },
    }),
  ],
}

export default item
