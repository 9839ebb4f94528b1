import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, type Evidence } from '../../core/verdict.ts'
import { lists } from '../../gather/lists.ts'
import { optionalArguments, type Optionals } from '../../gather/optional-arguments.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'
import { trials } from '../../gather/trials.ts'

const brief = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 200)
const sent = (given: unknown): string => brief(JSON.stringify(given))

const names = (text: string, name: string): boolean => text.split(/[^\w$-]+/).includes(name)

/** The tool works with this member alone and not without it: no other member can stand in for it. */
const neededOf = ({ optional, without, withOthers }: Optionals): string | null => {
  if (!withOthers || withOthers.fate !== 'refused' || without.fate !== 'refused') return null
  const { name } = withOthers
  const others = optional.filter(other => other !== name)
  const told = names(without.text, name) && !others.some(other => names(without.text, other))
  return others.length === 0 || told ? name : null
}

const broken = (found: Optionals): Evidence[] => {
  const { tool, without, withOne } = found
  const needed = neededOf(found)
  const at = `tools/call ${tool}`
  if (needed)
    return [
      {
        at,
        saw: `${sent(without.arguments)} → refused: ${brief(without.text)}; with ${needed} it works`,
        wanted: `an answer without ${needed}, or ${needed} among the required members`,
      },
    ]
  if (without.fate !== 'accepted') return []
  return withOne
    .filter(({ byDefault, fate }) => byDefault && fate === 'refused')
    .map(({ arguments: given, text, name }) => ({
      at,
      saw: `${sent(given)} → refused: ${brief(text)}`,
      wanted: `the answer that it gives without ${name}, since this is the declared default`,
    }))
}

const proven = (found: Optionals[]): Evidence[] => {
  const free = found.filter(({ without }) => without.fate === 'accepted')
  if (free.length === 0) return []
  const taken = free.flatMap(({ tool, withOne }) =>
    withOne.map(({ name, fate }) => ({ name: `${tool}.${name}`, fate })),
  )
  const refused = taken.filter(({ fate }) => fate === 'refused').map(({ name }) => name)
  return [
    { at: 'calls without optional arguments', saw: `answered: ${free.map(({ tool }) => tool).join(', ')}` },
    {
      at: 'calls with one optional argument',
      saw: `${taken.length - refused.length} of ${taken.length} taken${refused.length > 0 ? `; values made up for ${refused.slice(0, 5).join(', ')} were refused` : ''}`,
    },
  ]
}

const item: Item = {
  id: 'optional-parameters',
  area: 'protocol',
  rows: [79],
  title: 'Optional parameters are optional',
  level: 'must',
  why: 'A model leaves out what the schema calls optional; a tool that fails then is called wrong every time.',
  how: 'Give each optional parameter a default in the schema, or list it as required.',
  refs: [
    'https://json-schema.org/understanding-json-schema/reference/object',
    'https://modelcontextprotocol.io/specification/2025-11-25/server/tools',
  ],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'May each optional argument be absent, and be given as its declared default?',
      needs: { lists, trials, optionalArguments },
      judge: ({ lists, trials, optionalArguments }) => {
        const offered = lists.tools.some(({ inputSchema }) => {
          if (inputSchema['type'] !== 'object') return true
          const required = Array.isArray(inputSchema['required']) ? inputSchema['required'] : []
          return Object.keys(inputSchema['properties'] ?? {}).some(name => !required.includes(name))
        })
        if (!offered) return notApplicable('no tool declares an optional parameter')
        const otherwise =
          trials.good.length === 0
            ? nothingCalled(trials.trials.length)
            : 'no tool with an optional parameter was called with success'
        return judged(optionalArguments.flatMap(broken), proven(optionalArguments), otherwise)
      },
    }),
  ],
}

export default item
