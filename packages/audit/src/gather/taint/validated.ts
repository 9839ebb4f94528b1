import type { Place } from '../code/resolve.ts'
import { fieldOf, type Call, type Value } from '../code/values.ts'
import type { Placed } from '../registered/facts.ts'
import { nil, some, truth, unmarked, type Datum, type Frame } from './data.ts'
import type { Given, Machine } from './machine.ts'

const validating =
  /^(parse|safeParse|parseAsync|safeParseAsync|model_validate|parse_obj|validate_python|validate|assert|decode)$/

/** A function of a module, such as `ast.parse`, makes something else of a text; one of a schema gives it back. */
const making = /^([^:]+:(\*\.|default\.)?|[a-z_]\w*(\.[a-z_]\w*)*\.)(parse|decode|validate|assert)$/

/** `tools.find(one => one.name === name).schema`: the schema of any of them. */
const tabled = (written: Value, place: Place, { resolver }: Machine): Placed[] =>
  written.is !== 'member'
    ? []
    : resolver.things(written.of, place).flatMap(thing => {
        const { value } = thing
        if (value.is !== 'call' || value.callee.is !== 'member' || !/^(find|findLast)$/.test(value.callee.name))
          return []
        return resolver.items(value.callee.of, thing).flatMap((item): Placed[] => {
          const field = item?.value.is === 'record' ? fieldOf(item.value.fields, written.name) : undefined
          return item && field ? [{ value: field, place: item }] : []
        })
      })

/** An input that is held against a schema; null when the call is nothing of the kind. */
export const validated = (
  call: Call,
  callees: Datum[],
  { positional }: Given,
  frame: Frame,
  machine: Machine,
): Datum[] | null => {
  const { callee } = call
  if (callee.is !== 'member' || !validating.test(callee.name)) return null
  // what is not there cannot be called
  const there = callees.filter(one => one.is !== 'constant' || one.of !== null)
  if (!there.every(one => one.is === 'some' && !one.path?.startsWith('global:') && one.marks.size === 0)) return null
  const [first, second] = positional
  const subject = [first, second].find(alternatives => alternatives?.some(({ is }) => is === 'input'))
  const inputs = subject?.filter(one => one.is === 'input')
  if (!inputs || inputs.length === 0) return null
  if (subject === first && there.some(one => one.is === 'some' && making.test(one.path ?? ''))) return null
  const place = { module: frame.module, frames: [] }
  const written = subject === second ? (call.arguments[0] ?? callee.of) : callee.of
  const [schema = { value: written, place }, ...others] = tabled(written, place, machine)
  return inputs.map((input): Datum => {
    const said = { schema, from: input.path.length, isAdvice: false, ...(others.length > 0 ? { others } : {}) }
    const made: Datum = { ...input, declared: [...input.declared, said] }
    if (!callee.name.startsWith('safe')) return made
    const isRefused = machine.isRefused(made)
    const fields: [string, Datum[]][] = [
      ['success', [truth(!isRefused, isRefused ? machine.marks(input) : unmarked)]],
      ['data', [made]],
      ['error', [isRefused ? some() : nil]],
    ]
    return { is: 'fields', fields: new Map(fields) }
  })
}
