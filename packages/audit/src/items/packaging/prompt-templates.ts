import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, type Evidence } from '../../core/verdict.ts'
import { promptRenders, type PromptRender } from '../../gather/prompt-renders.ts'

const enough = 3

const broken = ({ name, description, fate, saw, given }: PromptRender): Evidence[] => {
  const sent = Object.keys(given).length > 0 ? ` ${JSON.stringify(given).slice(0, 150)}` : ''
  return [
    ...(fate === 'broken'
      ? [{ at: `prompts/get ${name}${sent}`, saw, wanted: 'messages with a role and a content' }]
      : []),
    ...(description.trim() === '' ? [{ at: `prompt ${name}`, saw: 'no description', wanted: 'what it is for' }] : []),
  ]
}

const summary = (renders: PromptRender[]): Evidence[] => {
  const parameters = renders.flatMap(({ arguments: declared }) => declared)
  const described = parameters.filter(parameter => parameter.described).length
  const rendered = renders.filter(({ fate }) => fate === 'rendered').map(({ name }) => name)
  const refused = renders.filter(({ fate }) => fate === 'refused')
  return [
    { at: `${renders.length} prompts`, saw: `${rendered.length} rendered: ${rendered.slice(0, 12).join(', ')}` },
    { at: 'arguments of prompts', saw: `${described} of ${parameters.length} are described` },
    ...refused
      .slice(0, 3)
      .map(({ name, saw }) => ({ at: `prompts/get ${name}`, saw: `the made-up value was refused: ${saw}` })),
  ]
}

const item: Item = {
  id: 'prompt-templates',
  area: 'packaging',
  rows: [107],
  title: 'Prompt templates that render',
  level: 'should',
  why: 'Prompts show people what a server is good for; one that fails to render is the first thing they see.',
  how: `Offer ${enough} or more prompts with descriptions of themselves and their arguments, and test that each renders.`,
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/server/prompts'],
  applies: { capability: 'prompts' },
  checks: [
    check({
      asks: `Are there ${enough} or more described prompts, and does each render?`,
      needs: { promptRenders },
      judge: ({ promptRenders }) => {
        // Some frameworks declare the capability whether there are prompts or not.
        if (promptRenders.length === 0) return notApplicable('the server lists no prompt')
        const few: Evidence[] =
          promptRenders.length < enough
            ? [{ at: 'prompts/list', saw: `${promptRenders.length} prompts`, wanted: `${enough} or more` }]
            : []
        const rendered = promptRenders.filter(({ fate }) => fate === 'rendered').length
        const proven = rendered >= enough ? summary(promptRenders) : []
        const otherwise = `only ${rendered} of ${promptRenders.length} prompts rendered; the others refused the values made up for their arguments`
        return judged([...few, ...promptRenders.flatMap(broken)], proven, otherwise)
      },
    }),
  ],
}

export default item
