import { gatherer } from '../core/item.ts'
import { commandIn, crossToolCommandIn, hiddenIn } from '../instruments/hidden-text.ts'
import { isObject } from '../target/connection.ts'
import { lists, type Lists } from './lists.ts'
import { trials, type Trials } from './trials.ts'

/** A text that a model reads, and where it stands. */
export interface Told {
  at: string
  text: string
}

export interface Suspicious {
  at: string
  what: string
  saw: string
}

export interface Definitions {
  texts: number
  tools: number
  suspicious: Suspicious[]
}

const maxTexts = 20_000
const maxLength = 100_000

/** Every text in a value: names of members count, they are read as well. */
const textsIn = (value: unknown, at: string, depth = 0): Told[] => {
  if (typeof value === 'string') return [{ at, text: value.slice(0, maxLength) }]
  if (depth > 12) return []
  if (Array.isArray(value)) return value.flatMap((each, index) => textsIn(each, `${at}[${index}]`, depth + 1))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, each]) => [
    { at: `a name in ${at}`, text: key },
    ...textsIn(each, `${at}.${key}`.slice(0, 200), depth + 1),
  ])
}

const toldBy = ({ tools, prompts, resources, resourceTemplates, instructions, serverInfo }: Lists): Told[] =>
  [
    ...textsIn(instructions, 'instructions'),
    ...textsIn(serverInfo, 'serverInfo'),
    ...tools.flatMap(tool => textsIn(tool, `tool ${tool.name}`)),
    ...prompts.flatMap(prompt => textsIn(prompt, `prompt ${String(prompt['name'])}`)),
    ...[...resources, ...resourceTemplates].flatMap(entry => textsIn(entry, `resource ${String(entry['name'])}`)),
  ].slice(0, maxTexts)

const suspiciousIn = ({ at, text }: Told, tools: readonly string[]): Suspicious[] => {
  const own = /^tool (\S+?)(\.|$)/.exec(at)?.[1]
  const hidden = hiddenIn(text).map(({ what, spelled }) => ({ at, what, saw: spelled }))
  const command = commandIn(text)
  const cross = crossToolCommandIn(
    text,
    tools.filter(name => name !== own),
  )
  return [
    ...hidden,
    ...(command ? [{ at, what: command.what, saw: command.saw }] : []),
    ...(cross !== null && own !== undefined ? [{ at, what: 'gives orders about other tools', saw: cross }] : []),
  ]
}

/** What answers of tools say to a model; what they only pass on from elsewhere is not the server's. */
const inResults = ({ good }: Trials): Suspicious[] => {
  const all = good.flatMap(({ tool, reply }) => {
    const at = `the result of ${tool.name}`
    const found = suspiciousIn({ at, text: JSON.stringify(reply.kind === 'result' ? reply.result : '') }, [])
    return found.map(each => ({ ...each, isOwn: tool.annotations['openWorldHint'] === false }))
  })
  const several = (what: string): boolean =>
    new Set(all.filter(each => each.what === what).map(({ at }) => at)).size > 1
  return all
    .filter(({ what, isOwn }) => isOwn || several(what) || what.includes('tags block'))
    .map(({ at, what, saw }) => ({ at, what, saw }))
}

/** The same for the answers to good calls. */
export const toldInResults = gatherer({
  id: 'told-in-results',
  impact: 'call',
  from: 'server',
  needs: { trials },
  gather: (_, { trials }): { results: number; suspicious: Suspicious[] } => ({
    results: trials.good.length,
    suspicious: inResults(trials),
  }),
})

/** What the definitions of tools, prompts and resources tell a model that a person does not see or would not want. */
export const definitions = gatherer<Definitions, { lists: typeof lists }>({
  id: 'definitions',
  impact: 'start',
  from: 'server',
  needs: { lists },
  gather: (_, { lists }) => {
    const told = toldBy(lists)
    const names = lists.tools.map(({ name }) => name)
    return {
      texts: told.length,
      tools: lists.tools.length,
      suspicious: told.flatMap(each => suspiciousIn(each, names)),
    }
  },
})
