import type { Json } from '../target/connection.ts'
import type { TextParameter } from './text-parameters.ts'

const patternName =
  /(^|_)(pattern|regex|regexp|query|search|filter|match|expression|glob|find|grep|needle|include|exclude)s?$/i

export const takesPattern = ({ name }: TextParameter): boolean =>
  patternName.test(name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2'))

/** A text that patterns with nested repetition never get done with. */
const subject = `${'a'.repeat(48)}!`
/** The pattern that never gets done with nearly any text: all that has no `~` can be split in countless ways. */
const pattern = '((?:[^~]+)+)+~~'
const simplePattern = '(a+)+$'

export interface PatternForm {
  form: string
  sends: string
  arguments: Json
}

/** Arguments that keep an engine which backtracks busy for ever; `others` are the other texts the tool takes. */
export const patternForms = (parameter: TextParameter, others: TextParameter[]): PatternForm[] => {
  const { name, given } = parameter
  const asSubject = { form: 'a text for patterns of the server', sends: `${name} = aaaa…!`, arguments: given(subject) }
  if (!takesPattern(parameter)) return [asSubject]
  return [
    { form: 'a pattern', sends: `${name} = ${pattern}`, arguments: given(pattern) },
    ...others.slice(0, 3).map(other => ({
      form: 'a pattern and a text for it',
      sends: `${name} = ${simplePattern}, ${other.name} = aaaa…!`,
      arguments: { ...given(simplePattern), [other.name]: other.given(subject)[other.name] },
    })),
    asSubject,
  ]
}
