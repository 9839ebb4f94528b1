import { gatherer } from '../core/item.ts'
import { interleaved } from '../instruments/mutations.ts'
import { pathForms, plainForms } from '../instruments/path-forms.ts'
import { textParametersOf } from '../instruments/text-parameters.ts'
import { isOnThisMachine, plantPaths, type PathCanaries } from '../target/canaries.ts'
import type { Reply } from '../target/connection.ts'
import { rootsOf } from '../target/surroundings.ts'
import { lists } from './lists.ts'
import { opening } from './startup.ts'
import { quickOf, trials, type Trials } from './trials.ts'
import { atOnce, volley, type Shot } from './volley.ts'

export interface PathProbe {
  tool: string
  parameter: string
  /** The parameter names a file by its name or description. */
  isPath: boolean
  form: string
  value: string
  /** Whether it was answered at all, with a result or an error. */
  answered: boolean
  /** What of the canaries came back, `content` of a file or a `name` in a directory, or a file was `written` there. */
  leaked: 'content' | 'name' | 'written' | null
}

export interface PathProbes {
  probes: PathProbe[]
  /** Canary files that were changed or removed meanwhile. */
  spoilt: string[]
  callable: number
  good: number
  /** Directories among the server's arguments. */
  roots: number
  /** Kinds of canaries that could be placed. */
  placed: string[]
  /** `tool.parameter` that name a file, of tools without a quick good answer. */
  untried: string[]
  /** The server sees the files of this machine. */
  isHere: boolean
  /** Whether any tool takes a text, or leaves open what it takes. */
  takesText: boolean
}

const maxShots = 240
const answerMs = 4000
const budgetMs = 30_000

type Planned = Shot & Omit<PathProbe, 'answered' | 'leaked'>

const planFor = (trials: Trials, canaries: PathCanaries, cwd: string): Planned[] =>
  interleaved(
    quickOf(trials).map(({ tool, arguments: sample, reply }) =>
      textParametersOf(tool.inputSchema, sample)
        .toSorted((a, b) => Number(b.isPath) - Number(a.isPath))
        .flatMap(({ name, good, isPath, given }) => {
          const { outside } = canaries
          const forms = isPath ? pathForms(canaries, cwd, good) : outside ? plainForms(outside, good) : []
          return forms.map(({ form, value }) => ({
            tool: tool.name,
            parameter: name,
            isPath,
            form,
            value,
            arguments: given(value),
            limit: answerMs + atOnce * reply.ms,
          }))
        }),
    ),
  ).slice(0, maxShots)

const leakIn = (reply: Reply, [token, name, encoded]: string[], value: string): PathProbe['leaked'] => {
  const said = JSON.stringify(
    reply.kind === 'result' ? reply.result : reply.kind === 'error' ? [reply.message, reply.data] : '',
  )
  const has = (tell: string | undefined): boolean => tell !== undefined && !value.includes(tell) && said.includes(tell)
  if (has(token) || has(encoded)) return 'content'
  return has(name) ? 'name' : null
}

/** Files outside everything the server was given, and what came back when tools were asked for them. */
export const pathCanaries = gatherer({
  id: 'path-canaries',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  lasts: 2,
  deadline: 90_000,
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<PathProbes> => {
    const roots = rootsOf(target)
    const canaries = plantPaths(target, roots)
    try {
      const plan = planFor(trials, canaries, target.server?.launch?.cwd ?? '/')
      const replies = plan.length > 0 ? await volley(target, opening, plan, budgetMs) : []
      const { appeared, spoilt } = canaries.changes()
      const probes = plan.flatMap(({ tool, parameter, isPath, form, value }, index): PathProbe[] => {
        const reply = replies[index]
        if (!reply) return []
        return [
          {
            tool,
            parameter,
            isPath,
            form,
            value,
            answered: reply.kind !== 'lost',
            leaked: appeared.some(name => value.endsWith(`/${name}`))
              ? 'written'
              : leakIn(reply, canaries.tells, value),
          },
        ]
      })
      const tried = new Set(trials.good.map(({ tool }) => tool.name))
      const texts = lists.tools.flatMap(({ name, inputSchema }) =>
        textParametersOf(inputSchema, {}).map(parameter => ({ ...parameter, tool: name })),
      )
      return {
        probes,
        spoilt,
        callable: trials.trials.length,
        good: trials.good.length,
        roots: roots.length,
        placed: [
          ...(canaries.outside ? ['outside'] : []),
          ...(canaries.siblings.length > 0 ? ['beside a root'] : []),
          ...(canaries.links.length > 0 ? ['behind a link in a root'] : []),
        ],
        untried: texts
          .filter(({ tool, isPathForSure }) => isPathForSure && !tried.has(tool))
          .map(({ tool, name }) => `${tool}.${name}`),
        isHere: isOnThisMachine(target),
        takesText: texts.length > 0 || lists.tools.some(({ inputSchema }) => inputSchema['type'] !== 'object'),
      }
    } finally {
      canaries.remove()
    }
  },
})
