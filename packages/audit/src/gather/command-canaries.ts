import { gatherer } from '../core/item.ts'
import { commandForms, helpOption, type CommandForm } from '../instruments/command-forms.ts'
import { interleaved } from '../instruments/mutations.ts'
import { textParametersOf } from '../instruments/text-parameters.ts'
import { isOnThisMachine, plantCommands, type CommandCanary } from '../target/canaries.ts'
import { lists } from './lists.ts'
import { outcomeOf } from './outcome.ts'
import { opening } from './startup.ts'
import { quickOf, trials, type Trials } from './trials.ts'
import { atOnce, volley, type Shot } from './volley.ts'

export interface CommandProbe {
  tool: string
  parameter: string
  kind: CommandForm['kind'] | 'help'
  form: string
  /** The text with `FILE` in place of the canary. */
  value: string
  answered: boolean
  /** The canary appeared, or (for `help`) a usage was printed. */
  worked: boolean
}

export interface CommandProbes {
  probes: CommandProbe[]
  callable: number
  good: number
  /** The server sees the files of this machine. */
  isHere: boolean
  /** Whether any tool takes a text, or leaves open what it takes. */
  takesText: boolean
}

const maxShots = 264
const answerMs = 4000
const budgetMs = 30_000
/** What runs in the background gets this long after the last answer. */
const lateMs = 250

type Planned = Shot & Omit<CommandProbe, 'answered' | 'worked'>

const planFor = (trials: Trials, canary: CommandCanary): Planned[] => {
  const parameters = interleaved(
    quickOf(trials).map(({ tool, arguments: sample, reply }) =>
      textParametersOf(tool.inputSchema, sample).map(parameter => ({ tool: tool.name, parameter, reply })),
    ),
  )
  let next = 0
  return parameters
    .flatMap(({ tool, parameter: { name, good, given }, reply }) => {
      const around = { tool, parameter: name, limit: answerMs + atOnce * reply.ms }
      const planned = commandForms.map((make): Planned => {
        const file = canary.file(next++)
        const { kind, form, value } = make(good, file)
        return { ...around, kind, form, value: value.replaceAll(file, 'FILE'), arguments: given(value) }
      })
      next++
      const help = { kind: 'help' as const, form: 'an option', value: helpOption, arguments: given(helpOption) }
      return [...planned, { ...around, ...help }]
    })
    .slice(0, maxShots)
}

/** Texts that would create a file if a shell, an interpreter or a command's options got hold of them. */
export const commandCanaries = gatherer({
  id: 'command-canaries',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  lasts: 3,
  deadline: 90_000,
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<CommandProbes> => {
    const canary = plantCommands(target)
    try {
      const plan = planFor(trials, canary)
      const replies = plan.length > 0 ? await volley(target, opening, plan, budgetMs) : []
      if (plan.length > 0) await new Promise(resolve => setTimeout(resolve, lateMs))
      const hatched = new Set(canary.hatched(plan.length))
      const probes = plan.flatMap(({ tool, parameter, kind, form, value }, index): CommandProbe[] => {
        const reply = replies[index]
        if (!reply) return []
        const isUsage = kind === 'help' && /^\s*usage:/im.test(outcomeOf(reply).text)
        return [
          {
            tool,
            parameter,
            kind,
            form,
            value,
            answered: reply.kind !== 'lost',
            worked: hatched.has(index) || isUsage,
          },
        ]
      })
      const takesText = lists.tools.some(
        ({ inputSchema }) => inputSchema['type'] !== 'object' || textParametersOf(inputSchema, {}).length > 0,
      )
      return {
        probes,
        callable: trials.trials.length,
        good: trials.good.length,
        isHere: isOnThisMachine(target),
        takesText,
      }
    } finally {
      canary.remove()
    }
  },
})
