import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { environmentChoices } from '../../gather/environment-choices.ts'
import { handedVariables, readByLibrary } from '../../gather/handed-variables.ts'
import { settingsDifferences, type SettingsDifferences } from '../../gather/settings-differences.ts'

/** Settings that no document names: nobody knows how one environment is made different from another. */
const untold = ({ documented, reads, places }: SettingsDifferences): Evidence[] => {
  const [first] = [...reads.variables, ...reads.options]
  if (!first || documented.length > 0 || reads.options.some(({ explained }) => explained)) return []
  return [
    {
      at: first.path,
      line: first.line,
      saw: `${first.name} and the other settings are explained in none of ${places.slice(0, 4).join(', ') || 'the documents (there are none)'}`,
      wanted: 'a document that tells how an environment is set up',
    },
  ]
}

const item: Item = {
  id: 'environment-config',
  area: 'configuration',
  rows: [55],
  title: 'Environments differ by their settings alone',
  level: 'should',
  why: 'Where the source knows the names of the environments, a new one needs a new release, and a test system that is called «production» writes into the real one.',
  how: 'Give each thing that differs a setting of its own (CATALOGUE_URL, not NODE_ENV === "production" ? a : b), read them all from the environment, and tell in the README or docs/configuration.md how an environment is set up.',
  refs: ['https://12factor.net/config'],
  checks: [
    check({
      asks: 'Are environments told apart by documented settings, and not in the source?',
      needs: { settings: settingsDifferences, choices: environmentChoices, handed: handedVariables },
      judge: ({ settings, choices, handed: [handed] }) => {
        const { reads, documented } = settings
        if (choices.files === 0 && reads.sources === 0)
          return unknown('no TypeScript, JavaScript or Python source of a server was read')
        const chosen = choices.found.map(({ by, texts, file, line }) => ({
          at: file,
          line,
          saw: `${by} chooses ${texts.slice(0, 3).join(', ')} in the source`,
          wanted: 'a setting for what differs',
        }))
        const faults = [...chosen, ...untold(settings)]
        const [computed] = reads.computed
        if (faults.length === 0 && reads.variables.length + reads.options.length + reads.patterns.length === 0)
          return computed
            ? unknown(`the names of the settings are computed, in ${computed.path}:${computed.line}`)
            : handed
              ? unknown(readByLibrary(handed))
              : notApplicable('the server has no settings: it is the same in every environment')
        const proven = documented.slice(0, 6).map(({ name, mention }) => ({
          at: mention.path,
          line: mention.line,
          saw: `${name} is set by the environment`,
        }))
        const option = reads.options.find(({ explained }) => explained)
        const helped = option
          ? [{ at: option.path, line: option.line, saw: `${option.name} is explained by --help` }]
          : []
        return judged(faults, [...proven, ...helped], 'the settings have names that are computed')
      },
    }),
  ],
}

export default item
