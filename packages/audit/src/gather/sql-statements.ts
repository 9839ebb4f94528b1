import type { Target } from '../core/target.ts'
import { propertiesOf } from '../instruments/arguments.ts'
import { missingTable, saysMissing, tableIn, tableOf, tableQuestions, writingForms } from '../instruments/sql-forms.ts'
import type { Startup } from '../target/startup-failures.ts'
import type { Aim } from './aims.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import { volley } from './volley.ts'

/** A parameter that takes whole statements, because that is what its tool is for. */
export interface StatementProbe {
  tool: string
  parameter: string
  /** The tool says of itself that it only reads. */
  saysReadOnly: boolean
  /** A table there is; null when none was found, and nothing could be proven. */
  table: string | null
  /** Writing statements that were run, and those that were refused. */
  taken: { form: string; value: string; saw: string }[]
  refused: number
}

/** Whether what the parameter takes is SQL, by its name or by what is said of it. */
export const isStatement = ({ tool, parameter }: Aim): boolean => {
  if (/^(sql|statement|sql_?(query|statement)s?)$/i.test(parameter.name)) return true
  const described = propertiesOf(tool.inputSchema)[parameter.name]?.['description']
  const said = `${tool.name} ${tool.description} ${typeof described === 'string' ? described : ''}`
  return /^(query|command|script|expression|text)$/i.test(parameter.name) && /\bSQL\b|\bSELECT\b/.test(said)
}

const claim = /read.?only|only (run|execute|allow)s? (a )?SELECT|\bSELECT (query|queries|statements?)\b/i

const refusal = /read.?only|not (allowed|permitted)|only select|forbidden|denied|disallowed|prohibited/i

const wasTaken = (reply: Outcome, missing: Outcome): boolean =>
  reply.fate === 'accepted' && !refusal.test(reply.text) && saysMissing(missing.text)

const probeStatement = async (target: Target, opening: Startup, aim: Aim): Promise<StatementProbe> => {
  const { tool, parameter, limit } = aim
  const ask = async (texts: string[]): Promise<(Outcome | null)[]> => {
    const shots = texts.map(text => ({ tool: tool.name, arguments: parameter.given(text), limit }))
    return (await volley(target, opening, shots, 15_000)).map(reply => reply && outcomeOf(reply))
  }
  const asked = await ask(tableQuestions)
  const named = asked.flatMap(answer => (answer ? (tableIn(answer.text) ?? []) : []))[0]
  const table = named ?? tableOf(parameter.good)
  const around = {
    tool: tool.name,
    parameter: parameter.name,
    saysReadOnly: tool.annotations['readOnlyHint'] === true || claim.test(`${tool.name} ${tool.description}`),
    table,
  }
  if (!table) return { ...around, taken: [], refused: 0 }
  const forms = writingForms(table)
  const replies = await ask([...forms, ...writingForms(missingTable)].map(({ value }) => value))
  const taken = forms.flatMap(({ form, value }, index) => {
    const [reply, missing] = [replies[index], replies[index + forms.length]]
    return reply && missing && wasTaken(reply, missing) ? [{ form, value, saw: reply.text.slice(0, 120) }] : []
  })
  const answered = replies.slice(0, forms.length).filter(reply => reply && reply.fate !== 'silent').length
  return { ...around, taken, refused: answered - taken.length }
}

/** What becomes of writing statements whose condition never holds, where a tool takes whole statements. */
export const probeStatements = (target: Target, opening: Startup, aims: Aim[]): Promise<StatementProbe[]> =>
  Promise.all(aims.map(aim => probeStatement(target, opening, aim)))
