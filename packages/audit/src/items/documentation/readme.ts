import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { project } from '../../gather/project.ts'
import { isPublished, published, type Published } from '../../gather/published.ts'
import { readme, type Readme, type Topic } from '../../gather/readme.ts'
import { registrations, type Registration } from '../../gather/registrations.ts'
import { settingsReads, type SettingsReads } from '../../gather/settings-reads.ts'

const wanted: Record<Topic, string> = {
  purpose: 'what the server is for',
  install: 'how to install or connect it, with a command or a client configuration',
  configure: 'how to configure it, since the code reads settings',
  example: 'an example',
  licence: 'the licence',
  support: 'where to get help',
}

const absentTopics = ({ path, topics }: Readme, needed: Topic[]): Evidence[] =>
  needed
    .filter(topic => topics[topic] === null)
    .map(topic => ({ at: path, saw: `nothing about: ${topic}`, wanted: wanted[topic] }))

/** Whether a text names a tool, in code or in words: `read_note`, "read note". */
const names = (text: string, tool: string): boolean => {
  const parts = tool.split(/[_-]|(?<=[a-z])(?=[A-Z])/).map(part => part.replaceAll(/\W/g, ''))
  return new RegExp(`(?<![\\w-])(${tool.replaceAll(/[^\w-]/g, '.')}|${parts.join('[\\s_-]?')})(?![\\w-])`, 'i').test(
    text,
  )
}

const enough = 0.8

const toolFlaws = ({ path, tools }: Readme, registered: Registration[]): Evidence[] => {
  const live = registered.filter(({ kind, unreachable }) => kind === 'tool' && unreachable === null)
  const known = [...new Set(live.flatMap(({ name }) => (name === null ? [] : [name])))]
  const always = live.filter(({ group }) => group !== null).flatMap(({ name }) => (name === null ? [] : [name]))
  const asked = always.length > 0 ? [...new Set(always)] : known
  const unnamed = asked.filter(name => !names(tools.text, name))
  const share = 1 - unnamed.length / Math.max(1, asked.length)
  const isThere = tools.explained !== null || (always.length > 0 ? share >= enough : share > 0)
  const isComplete = live.length > 0 && live.every(({ name }) => name !== null)
  const vanished = isComplete
    ? tools.named.filter(({ name }) => !known.some(each => each === name || each.endsWith(name)))
    : []
  if (asked.length === 0 && tools.section === null)
    return [{ at: path, saw: 'nothing about its tools', wanted: 'the tools that it offers' }]
  const saw = `${unnamed.length} of ${asked.length} tools are not named: ${unnamed.slice(0, 12).join(', ')}`
  return [
    ...(asked.length > 0 && !isThere ? [{ at: path, saw, wanted: 'the tools that it offers' }] : []),
    ...vanished.map(({ name, spot }) => ({
      at: spot.path,
      line: spot.line,
      saw: `the tool ${name}, which the code does not register`,
      wanted: 'only tools that exist',
    })),
  ]
}

const untrue = ({ missing }: Readme, archive: Published): Evidence[] =>
  isPublished(archive)
    ? []
    : missing
        .slice(0, 20)
        .map(({ path, line, saw, wanted }) => ({ at: path, line, saw: `${saw}, but ${wanted} is not there`, wanted }))

const hasSettings = ({ variables, patterns, options }: SettingsReads): boolean =>
  variables.length + patterns.length + options.length > 0

const item: Item = {
  id: 'readme',
  area: 'documentation',
  rows: [65],
  title: 'A README that is complete and true',
  level: 'must',
  why: 'The README is where people decide whether to use the server and how to start it; a command in it that does not work is the first thing they see of it.',
  how: 'Say in README.md what the server is for, how to install and configure it and which tools it offers, and correct what it names that does not exist.',
  refs: [
    'https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-readmes',
  ],
  checks: [
    check({
      asks: 'Does the README say how to install, configure and use the server, and is what it says there?',
      needs: { readme, registrations, settings: settingsReads, published, project },
      judge: ({ readme, registrations, settings, published, project: { scope } }) => {
        if (scope.others.length > 0)
          return unknown(`${scope.because}: check one of ${scope.others.slice(0, 6).join(', ')}`)
        if (!readme) return fail({ at: 'README.md', saw: 'no README', wanted: 'a README' })
        const needed: Topic[] = ['purpose', 'install', ...(hasSettings(settings) ? (['configure'] as const) : [])]
        const broken = [
          ...absentTopics(readme, needed),
          ...toolFlaws(readme, registrations),
          ...untrue(readme, published),
        ]
        const found = Object.entries(readme.topics).flatMap(([topic, spot]) =>
          spot ? [{ at: spot.path, line: spot.line, saw: `${topic}: ${spot.saw}` }] : [],
        )
        const others = (['example', 'licence', 'support'] as const).filter(topic => readme.topics[topic] === null)
        const listed =
          others.length > 0 ? [{ at: readme.path, saw: `not treated, and not required: ${others.join(', ')}` }] : []
        return judged(broken, [...found, ...listed], 'not reached')
      },
    }),
  ],
}

export default item
