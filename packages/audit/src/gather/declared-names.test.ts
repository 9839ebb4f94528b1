import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { Refusal } from '../core/refusal.ts'
import type { Settings, Target } from '../core/target.ts'
import { collect } from '../engine/schedule.ts'
import { stopEverything } from '../target/process.ts'
import { speaking, stage } from '../testing/stage.ts'
import { declaredNames } from './declared-names.ts'

afterAll(stopEverything)

const tool = (name: string, more = ''): string =>
  `{ name: '${name}', inputSchema: { type: 'object', properties: { query: {} } ${more} } }`
const listing = (tools: string): string => `send({ id: message.id, result: { tools: ${tools} } })`

/** The tools that were left open, or the refusal in one text. */
const outcome = async (answer: string, settings: Settings, given: Partial<Target> = {}): Promise<string[] | string> => {
  const { target, end } = stage(speaking(answer, 'const began = Date.now()'), { settings, scratch: tmpdir(), ...given })
  try {
    const found = await collect([declaredNames], { target, impact: 'start', lanes: 1, listener: () => {} })
    const done = found.get(declaredNames)
    if (done?.state !== 'done') throw new Error(done?.because)
    return (done.value as { unlisted: string[] }).unlisted
  } catch (error) {
    if (error instanceof Refusal) return `${error.message}; ${error.hint}`
    throw error
  } finally {
    end()
  }
}

const sampled = { samples: { find_it: [{ query: 'x' }] } }
const plain = listing(`[${tool('find_it')}]`)

describe('names in the settings', { timeout: 60_000 }, () => {
  it('are held against what the server lists', async () => {
    expect(await outcome(plain, sampled)).toEqual([])
    expect(await outcome(plain, { allowTools: ['*'] })).toEqual([])
    expect(await outcome(plain, { localTools: ['fnid_it'] })).toMatch(/at localTools the tool «fnid_it».*mean find_it/)
    expect(await outcome(plain, { samples: { find_it: [{ qeury: 'x' }] } })).toMatch(/«qeury».*did you mean query/)
  })

  it('may be arguments that an open schema does not name', async () => {
    expect(await outcome(plain, { samples: { find_it: [{ query: 'x', colour: 1 }] } })).toEqual([])
    const closed = listing(`[${tool('find_it', ', additionalProperties: false')}]`)
    expect(await outcome(closed, { samples: { find_it: [{ colour: 1 }] } })).toMatch(/«colour».*it takes query/)
    const made = listing(`[${tool('find_it', ', anyOf: [{}], additionalProperties: false')}]`)
    expect(await outcome(made, { samples: { find_it: [{ colour: 1 }] } })).toEqual([])
  })

  it('may be listed a moment later', async () => {
    expect(await outcome(listing(`Date.now() - began > 900 ? [${tool('find_it')}] : []`), sampled)).toEqual(['find_it'])
  })

  it('may be listed under the environment they are declared for', async () => {
    const answer = listing(`process.env.WRITES ? [${tool('keep_it')}] : []`)
    const write = { tool: 'keep_it', arguments: {} }
    expect(await outcome(answer, { state: { env: { WRITES: '1' }, write } })).toEqual(['keep_it'])
    expect(await outcome(answer, { state: { env: { READS: '1' }, write } })).toContain('state.write the tool «keep_it»')
    const asked = listing(`process.env.URL === 'db://127.0.0.1:1/x' ? [${tool('keep_it')}] : []`)
    const database = { at: '127.0.0.1:1', env: { URL: 'db://{address}/x' }, call: write }
    expect(await outcome(asked, { database })).toEqual(['keep_it'])
    expect(await outcome(asked, { database: { ...database, env: {} } })).toContain('database.call the tool «keep_it»')
  })

  it('stay open where the tools could not be listed, or others share the settings', async () => {
    const failing = `send({ id: message.id, error: { code: -32603, message: 'oops' } })`
    expect(await outcome(failing, sampled)).toEqual(['find_it'])
    expect(await outcome(listing('[]'), sampled, { sharesSettings: true })).toEqual(['find_it'])
  })
})
