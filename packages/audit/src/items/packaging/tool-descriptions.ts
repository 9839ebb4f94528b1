import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, type Evidence } from '../../core/verdict.ts'
import { lists, type Lists, type Tool } from '../../gather/lists.ts'

const shortest = 12
const mostShown = 10
/** Rough, and told as such: four characters are about one token. */
const charactersPerToken = 4

const letters = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
const at = ({ name }: Tool): string => `description of ${name}`

const poor = (tool: Tool): Evidence[] => {
  const text = tool.description.trim()
  const wanted = 'what it does, when to use it and what it gives back'
  if (text === '') return [{ at: at(tool), saw: 'none', wanted }]
  if (letters(text) === letters(tool.name)) return [{ at: at(tool), saw: `«${text}», its name again`, wanted }]
  // A short text says as much as a long one where a letter is a word.
  const isDense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(text)
  return text.length < shortest && !isDense
    ? [{ at: at(tool), saw: `«${text}», ${text.length} characters`, wanted: `${wanted}, in at least ${shortest}` }]
    : []
}

const twins = (tools: Tool[]): Evidence[] =>
  tools.flatMap((tool, index) => {
    const earlier = tools.slice(0, index).find(other => other.description.trim() === tool.description.trim())
    if (!earlier || tool.description.trim() === '') return []
    return [{ at: at(tool), saw: `the same as of ${earlier.name}`, wanted: 'words that tell the two apart' }]
  })

interface Parameter {
  name: string
  described: boolean
  required: boolean
  isNumber: boolean
}

const parametersOf = ({ inputSchema }: Tool): Parameter[] => {
  const properties = (inputSchema['properties'] ?? {}) as Record<string, Record<string, unknown>>
  const required = Array.isArray(inputSchema['required']) ? (inputSchema['required'] as unknown[]) : []
  return Object.entries(properties).map(([name, property]) => ({
    name,
    described: typeof property['description'] === 'string' && property['description'].trim() !== '',
    required: required.includes(name),
    isNumber: property['type'] === 'number' || property['type'] === 'integer',
  }))
}

/** `a` and `b` of a sum need no words; a text called `q` or `arg1` does. */
const saysNothing = ({ name, isNumber }: Parameter): boolean =>
  (name.length === 1 && !isNumber) || /^(arg|param|p|v|val|x|data|input)_?\d+$/i.test(name)

const unnamed = (tool: Tool): Evidence[] =>
  parametersOf(tool)
    .filter(parameter => parameter.required && !parameter.described && saysNothing(parameter))
    .map(({ name }) => ({
      at: `parameter ${name} of ${tool.name}`,
      saw: 'no description',
      wanted: 'what to put there',
    }))

const figures = ({ tools, listings }: Lists): Evidence[] => {
  const lengths = tools.map(({ description }) => description.trim().length)
  const parameters = tools.flatMap(parametersOf)
  const described = parameters.filter(parameter => parameter.described).length
  const size = JSON.stringify(listings['tools']?.entries ?? []).length
  return [
    {
      at: 'tools/list',
      saw: `${tools.length} tools, descriptions of ${Math.min(...lengths)} to ${Math.max(...lengths)} characters`,
    },
    { at: 'parameters', saw: `${described} of ${parameters.length} are described` },
    {
      at: 'cost of the list',
      saw: `${size} characters, about ${Math.round(size / charactersPerToken)} tokens of every conversation`,
    },
  ]
}

const item: Item = {
  id: 'tool-descriptions',
  area: 'packaging',
  rows: [108],
  title: 'Descriptions that tell tools apart',
  level: 'must',
  why: 'The description is all a model has to choose a tool by; an empty one is a tool that is never used or always wrong.',
  how: 'Say what the tool does, when to use it rather than its neighbours, and what each parameter means.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/server/tools'],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Has each tool a description of its own that says more than its name?',
      needs: { lists },
      judge: ({ lists }) => {
        const { tools } = lists
        if (tools.length === 0) return notApplicable('the server lists no tool')
        const broken = [...tools.flatMap(poor), ...twins(tools), ...tools.flatMap(unnamed)]
        return judged(broken.slice(0, mostShown), figures(lists), 'not reached')
      },
    }),
  ],
}

export default item
