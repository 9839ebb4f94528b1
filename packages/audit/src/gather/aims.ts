import { propertiesOf } from '../instruments/arguments.ts'
import { textParametersOf, type TextParameter } from '../instruments/text-parameters.ts'
import { takesNothing, type Lists, type Tool } from './lists.ts'
import { quickOf, type Trials } from './trials.ts'

/** A text parameter of a tool that was called with success. */
export interface Aim {
  tool: Tool
  parameter: TextParameter
  /** Milliseconds that the good call took, and that a call with another text may take. */
  usual: number
  limit: number
}

const answerMs = 4000

/** The text parameters of each quick tool that was called with success; those with a list of choices are none. */
export const aimsOf = (trials: Trials): Aim[][] =>
  quickOf(trials).map(({ tool, arguments: sample, reply }) => {
    const properties = propertiesOf(tool.inputSchema)
    return textParametersOf(tool.inputSchema, sample)
      .filter(({ name }) => !['enum', 'const'].some(word => word in (properties[name] ?? {})))
      .map(parameter => ({ tool, parameter, usual: reply.ms, limit: answerMs + 3 * reply.ms }))
  })

/** Whether any tool takes a text, or leaves open what it takes. */
export const takesText = ({ tools }: Lists): boolean =>
  tools.some(
    tool =>
      textParametersOf(tool.inputSchema, {}).length > 0 ||
      (tool.inputSchema['type'] !== 'object' && !takesNothing(tool)),
  )
