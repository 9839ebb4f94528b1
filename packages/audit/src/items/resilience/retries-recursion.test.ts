import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import retries from './retries.ts'

const ts = (text: string): Files => ({ 'src/a.ts': text })
const py = (text: string): Files => ({ 'pkg/a.py': text })
const saw = async (files: Files): Promise<string> => {
  const { status, verdicts } = await judgeFiles(retries, files)
  return `${status}: ${verdicts[0]?.evidence?.[0]?.saw ?? ''}`
}

/** A method that calls itself in the handler, with what stands before and in that call. */
const method = (parameters: string, before: string, given: string): Files =>
  ts(`import axios from 'axios'
export class Client {
  async handle(${parameters}) {
    try {
      return await work()
    } catch (error) {
      if (error.response?.status === 429) {
        ${before}
        return this.handle(${given})
      }
      throw error
    }
  }
  async boards() {
    return this.handle(async () => (await axios.get('/boards')).data)
  }
}`)
const pause = 'await new Promise(resolve => setTimeout(resolve, 1000))'

describe('a function that calls itself when it failed', () => {
  it.each<[string, Files]>([
    [
      'with a count of what is left',
      ts(`export const load = async (u, left = 3) => {
        try { return await fetch(u) } catch (error) {
          if (left === 0) throw error
          await sleep(1000 / left)
          return load(u, left - 1)
        }
      }`),
    ],
    [
      'with a count that grows',
      method('work, attempt = 0', `if (attempt > 2) throw error\n${pause}`, 'work, attempt + 1'),
    ],
    ['with a count in options', method('work, options', pause, 'work, { ...options, again: options.again + 1 }')],
    ['with a count in a field', method('work', `if (this.attempts++ > 3) throw error\n${pause}`, 'work')],
    [
      'after a look at the answer',
      ts(`export const load = async (u, left = 3) => {
        const answer = await fetch(u)
        if (answer.status === 503 && left > 0) { await sleep(1000); return load(u, left - 1) }
        return answer
      }`),
    ],
    [
      'in Python',
      py(
        'import asyncio, httpx\nasync def load(u, left=3):\n    try:\n        return httpx.get(u)\n    except httpx.HTTPError:\n        if left == 0:\n            raise\n        await asyncio.sleep(1)\n        return await load(u, left - 1)\n',
      ),
    ],
  ])('passes %s', async (_, files) => {
    expect(await saw(files)).toMatch(/^pass: .*(recursion|handle) /)
  })

  it.each<[string, Files]>([
    ['around what it is given', method('work', pause, 'work')],
    [
      'around a request',
      ts(`export const load = async u => {
        try { return await fetch(u) } catch { await sleep(1000); return load(u) }
      }`),
    ],
    [
      'in Python',
      py(
        'import time, requests\ndef load(u):\n    try:\n        return requests.get(u)\n    except requests.ConnectionError:\n        time.sleep(1)\n        return load(u)\n',
      ),
    ],
  ])('fails it without a count %s', async (_, files) => {
    expect(await saw(files)).toMatch(/^fail: .* tries again without end$/)
  })

  it.each<[string, Files]>([
    ['without a pause, with a new token', method('work', 'await this.refresh()', 'work')],
    [
      'after a new login that is waited for',
      ts(`export const load = async u => {
        try { return await fetch(u) } catch (error) {
          if (error.status === 401) { await waitForLogin(); return load(u) }
          throw error
        }
      }`),
    ],
    [
      'while a job is not done',
      ts(`export const load = async u => {
        const answer = await fetch(u)
        if (answer.state === 'pending') { await sleep(1000); return load(u) }
        return answer
      }`),
    ],
    [
      'for the next page in Python',
      py(
        'import time, requests\ndef load(u):\n    answer = requests.get(u)\n    if answer.next:\n        time.sleep(1)\n        return load(answer.next)\n    return answer\n',
      ),
    ],
  ])('takes none for a policy %s', async (_, files) => {
    expect(await saw(files)).toMatch(/^fail: .*: nothing tries it again$/)
  })
})
