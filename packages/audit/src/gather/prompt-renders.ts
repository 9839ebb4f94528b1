import { gatherer } from '../core/item.ts'
import { valueFor } from '../instruments/arguments.ts'
import { describeReply, isObject, type Connection, type Json, type Reply } from '../target/connection.ts'
import { reopen } from '../target/reopen.ts'
import { lists } from './lists.ts'
import { opening } from './startup.ts'

export interface PromptRender {
  name: string
  description: string
  arguments: { name: string; described: boolean; required: boolean }[]
  given: Record<string, string>
  /**
   * `refused` is an error that speaks of an argument: the value that was made up may be to blame. `broken` is every
   * other end.
   */
  fate: 'rendered' | 'refused' | 'broken'
  saw: string
}

const maxPrompts = 30
const answerMs = 8000

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const argumentsOf = (prompt: Json): Json[] =>
  Array.isArray(prompt['arguments']) ? prompt['arguments'].filter(isObject) : []

const nowhere = { url: 'http://127.0.0.1/', directories: [], files: [] }

/** A value the server itself proposes, else one by the argument's name and description. */
const sampleFor = async (connection: Connection, prompt: string, argument: Json, known: Json): Promise<string> => {
  const name = text(argument['name'])
  if ('completions' in connection.capabilities) {
    const reply = await connection.request(
      'completion/complete',
      {
        ref: { type: 'ref/prompt', name: prompt },
        argument: { name, value: '' },
        ...(Object.keys(known).length > 0 ? { context: { arguments: known } } : {}),
      },
      { timeout: answerMs },
    )
    const completion = reply.kind === 'result' && isObject(reply.result['completion']) ? reply.result['completion'] : {}
    const values = Array.isArray(completion['values']) ? completion['values'] : []
    if (typeof values[0] === 'string' && values[0] !== '') return values[0]
  }
  return String(valueFor(name, { type: 'string', description: text(argument['description']) }, nowhere, 0))
}

const isMessage = (message: unknown): boolean =>
  isObject(message) && (message['role'] === 'user' || message['role'] === 'assistant') && isObject(message['content'])

/** The error speaks of an argument, or repeats what was made up for it. */
const blames = (said: string, given: Record<string, string>): boolean => {
  const words = new Set(said.toLowerCase().split(/[^\w$-]+/))
  return Object.entries(given).some(
    ([name, value]) =>
      words.has(name.toLowerCase()) || (value.length > 2 && said.toLowerCase().includes(value.toLowerCase())),
  )
}

/** What came of one prompt; exported for its test. */
export const fateOf = (reply: Reply, given: Record<string, string>): Pick<PromptRender, 'fate' | 'saw'> => {
  const saw = describeReply(reply).slice(0, 300)
  if (reply.kind === 'result') {
    const { messages } = reply.result
    if (!Array.isArray(messages) || messages.length === 0) return { fate: 'broken', saw: 'a result without messages' }
    const isSound = messages.every(isMessage)
    return isSound ? { fate: 'rendered', saw: `${messages.length} messages` } : { fate: 'broken', saw }
  }
  const said = reply.kind === 'error' ? `${reply.message} ${JSON.stringify(reply.data ?? '')}` : ''
  return { fate: blames(said, given) ? 'refused' : 'broken', saw }
}

/** Other values for a prompt that refused the first: required arguments only, then numbers in place of words. */
const otherValues = (declared: Json[], given: Record<string, string>): Record<string, string>[] => {
  const required = new Set(declared.filter(({ required }) => required === true).map(({ name }) => text(name)))
  const only = Object.entries(given).filter(([name]) => required.has(name))
  return [only, only.map(([name]) => [name, '1']), Object.keys(given).map(name => [name, '1'])].map(
    entries => Object.fromEntries(entries) as Record<string, string>,
  )
}

/** Every prompt that is listed, asked for with a value for each of its arguments. */
export const promptRenders = gatherer({
  id: 'prompt-renders',
  impact: 'start',
  from: 'server',
  borrows: 'gentle',
  needs: { opening, lists },
  gather: async (target, { opening, lists }): Promise<PromptRender[]> => {
    const renders: PromptRender[] = []
    let connection = lists.prompts.length > 0 ? await reopen(target, opening, undefined) : null
    for (const prompt of lists.prompts.slice(0, maxPrompts)) {
      if (!connection) break
      const name = text(prompt['name'])
      const declared = argumentsOf(prompt)
      const given: Record<string, string> = {}
      for (const argument of declared)
        given[text(argument['name'])] = await sampleFor(connection, name, argument, given)
      const opened = connection
      const ask = (values: Record<string, string>): Promise<Reply> =>
        opened.request(
          'prompts/get',
          { name, ...(declared.length > 0 ? { arguments: values } : {}) },
          { timeout: answerMs },
        )
      let reply = await ask(given)
      let outcome = fateOf(reply, given)
      for (const values of outcome.fate === 'refused' ? otherValues(declared, given) : []) {
        reply = await ask(values)
        const next = fateOf(reply, values)
        if (next.fate !== 'rendered') continue
        outcome = next
        break
      }
      renders.push({
        name,
        description: text(prompt['description']),
        arguments: declared.map(argument => ({
          name: text(argument['name']),
          described: text(argument['description']).trim() !== '',
          required: argument['required'] === true,
        })),
        given,
        ...outcome,
      })
      if (reply.kind !== 'lost') continue
      await connection.close()
      connection = await reopen(target, opening, undefined)
    }
    await connection?.close()
    return renders
  },
})
