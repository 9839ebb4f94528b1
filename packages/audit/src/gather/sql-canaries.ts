import { gatherer } from '../core/item.ts'
import { interleaved } from '../instruments/mutations.ts'
import { booleanForms, complaintIn, errorForms, harmlessForm, type BooleanForm } from '../instruments/sql-forms.ts'
import { withoutPayload } from '../instruments/without-payload.ts'
import type { Reply } from '../target/connection.ts'
import { aimsOf, takesText, type Aim } from './aims.ts'
import { lists } from './lists.ts'
import { outcomeOf } from './outcome.ts'
import { isStatement, probeStatements, type StatementProbe } from './sql-statements.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'
import { volley, type Shot } from './volley.ts'

export interface SqlProbe {
  tool: string
  parameter: string
  /** Whether every text was answered. */
  answered: boolean
  /** Texts that changed the answer as their condition did, or that brought an error of the database; null for neither. */
  told: { sent: string; saw: string } | null
}

export interface SqlProbes {
  probes: SqlProbe[]
  /** Parameters that take whole statements, by what their tools are for. */
  statements: StatementProbe[]
  callable: number
  good: number
  takesText: boolean
}

const maxAims = 16
const budgetMs = 30_000
const again = 2

const shot = ({ tool, parameter, limit }: Aim, text: string): Shot => ({
  tool: tool.name,
  arguments: parameter.given(text),
  limit,
})

const textsOf = ({ holds, fails }: BooleanForm): string[] => [...holds, ...fails]

/** What an answer says apart from the text that was sent. */
const bare = (reply: Reply, sent: string): string => {
  const { fate, text } = outcomeOf(reply)
  return `${fate} ${withoutPayload(text, sent).replaceAll(/\b[789]=[789]\b/g, '')}`
}

/** Two answers to a condition that holds are alike, as are two to one that does not; one kind differs from the other. */
const differs = (form: BooleanForm, replies: readonly (Reply | null | undefined)[]): [string, string] | null => {
  const said = textsOf(form).map((text, index) => {
    const reply = replies[index]
    return reply && reply.kind !== 'lost' ? bare(reply, text) : null
  })
  const [one, two, three, four] = said
  if (!one || !two || !three || !four || one !== two || three !== four || one === three) return null
  return [one, three]
}

const complaint = (reply: Reply): string | null => {
  const { fate, text } = outcomeOf(reply)
  return fate !== 'accepted' || text.length < 400 ? complaintIn(text) : null
}

interface Plan {
  aim: Aim
  texts: string[]
}

const planFor = (aim: Aim): Plan => ({
  aim,
  texts: [...booleanForms.flatMap(textsOf), ...errorForms(aim.parameter.good), harmlessForm(aim.parameter.good)],
})

const short = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 120)

type Suspicion = { form: BooleanForm; first: [string, string] }
const suspicionIn = (replies: (Reply | null)[]): Suspicion | null => {
  for (const [index, form] of booleanForms.entries()) {
    const first = differs(form, replies.slice(index * 4, index * 4 + 4))
    if (first) return { form, first }
  }
  return null
}

const errorIn = ({ texts }: Plan, replies: (Reply | null)[]): SqlProbe['told'] => {
  const harmless = replies.at(-1)
  if (!harmless || complaint(harmless)) return null
  for (let at = booleanForms.length * 4; at < texts.length - 1; at++) {
    const reply = replies[at]
    const saw = reply ? complaint(reply) : null
    if (saw) return { sent: texts[at] ?? '', saw: `an error of the database: ${short(saw)}` }
  }
  return null
}

/** Texts that would change a statement they become part of, and what tools answered. */
export const sqlCanaries = gatherer({
  id: 'sql-canaries',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  lasts: 3,
  deadline: 90_000,
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<SqlProbes> => {
    const aims = interleaved(aimsOf(trials)).slice(0, maxAims)
    const plans = aims.filter(aim => !isStatement(aim)).map(planFor)
    const shots = plans.flatMap(({ aim, texts }) => texts.map(text => shot(aim, text)))
    const [replies, statements] = await Promise.all([
      shots.length > 0 ? volley(target, opening, shots, budgetMs) : [],
      probeStatements(target, opening, aims.filter(isStatement)),
    ])
    let at = 0
    const seen = plans.map(plan => {
      const own = replies.slice(at, (at += plan.texts.length))
      return { plan, own, suspicion: suspicionIn(own) }
    })
    const suspected = seen.flatMap(({ plan, suspicion }) => (suspicion ? [{ plan, suspicion }] : []))
    const repeats = suspected.flatMap(({ plan, suspicion }) =>
      Array.from({ length: again }, () => textsOf(suspicion.form).map(text => shot(plan.aim, text))).flat(),
    )
    const second = repeats.length > 0 ? await volley(target, opening, repeats, budgetMs) : []
    const confirmed = new Map(
      suspected.flatMap(({ plan, suspicion }, index) => {
        const own = Array.from({ length: again }, (_, turn) => {
          const from = (index * again + turn) * 4
          return differs(suspicion.form, second.slice(from, from + 4))
        })
        return own.every(found => found?.[0] === suspicion.first[0] && found[1] === suspicion.first[1])
          ? [[plan, suspicion] as const]
          : []
      }),
    )
    return {
      probes: seen.flatMap(({ plan, own }): SqlProbe[] => {
        if (own.every(reply => reply === null)) return []
        const found = confirmed.get(plan)
        const told = found && {
          sent: `${found.form.holds[0]}» and «${found.form.fails[0]}`,
          saw: `answers that follow the condition: ${short(found.first[0])} | ${short(found.first[1])}`,
        }
        return [
          {
            tool: plan.aim.tool.name,
            parameter: plan.aim.parameter.name,
            answered: own.every(reply => reply && reply.kind !== 'lost'),
            told: told ?? errorIn(plan, own),
          },
        ]
      }),
      statements,
      callable: trials.trials.length,
      good: trials.good.length,
      takesText: takesText(lists),
    }
  },
})
