import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import retries from './retries.ts'

const ts = (text: string): Files => ({ 'src/a.ts': text })
const py = (text: string): Files => ({ 'pkg/a.py': text })
const patiently = `const patiently = async work => {
  for (let attempt = 1; ; attempt++) {
    try { return await work() } catch (error) { if (attempt > 2) throw error }
    await sleep(attempt * 200)
  }
}
`

describe('retries', () => {
  it.each<[string, Files]>([
    ['p-retry', ts(`import pRetry from 'p-retry'\nexport const a = u => pRetry(() => fetch(u), { retries: 2 })`)],
    [
      'p-retry by name',
      ts(`import pRetry from 'p-retry'\nconst load = () => fetch(u)\nexport const a = () => pRetry(load)`),
    ],
    [
      'a policy of cockatiel',
      ts(
        `import { retry, handleAll } from 'cockatiel'\nconst policy = retry(handleAll, {})\nexport const a = u => policy.execute(() => fetch(u))`,
      ),
    ],
    ['got, which does by itself', ts(`import got from 'got'\nexport const a = u => got.get(u)`)],
    [
      'axios-retry',
      ts(
        `import axios from 'axios'\nimport axiosRetry from 'axios-retry'\naxiosRetry(axios)\nexport const a = u => axios.get(u)`,
      ),
    ],
    [
      'RetryAgent',
      ts(
        `import { RetryAgent, Agent, setGlobalDispatcher } from 'undici'\nsetGlobalDispatcher(new RetryAgent(new Agent()))\nexport const a = u => fetch(u)`,
      ),
    ],
    [
      'a loop of its own',
      ts(
        `export const a = async u => { for (let i = 0; i < 3; i++) { try { return await fetch(u) } catch {} await sleep(2 ** i) } }`,
      ),
    ],
    ['a function that repeats', ts(`${patiently}export const a = u => patiently(() => fetch(u))`)],
    [
      'a caller that repeats',
      ts(`${patiently}const get = u => fetch(u)\nexport const a = u => patiently(() => get(u))`),
    ],
    [
      'tenacity',
      py(
        'import httpx\nfrom tenacity import retry, stop_after_attempt\n@retry(stop=stop_after_attempt(3))\nasync def get(c: httpx.AsyncClient):\n    return await c.get(u)\n',
      ),
    ],
    [
      'stamina',
      py(
        'import httpx, stamina\nasync def a():\n    async for attempt in stamina.retry_context(on=httpx.HTTPError):\n        with attempt:\n            return httpx.get(u)\n',
      ),
    ],
    [
      'a transport',
      py('import httpx\nc = httpx.Client(transport=httpx.HTTPTransport(retries=3))\ndef a():\n    return c.get(u)\n'),
    ],
    [
      'an adapter',
      py(
        'import requests\nfrom requests.adapters import HTTPAdapter\ns = requests.Session()\ns.mount("https://", HTTPAdapter(max_retries=3))\ndef a():\n    return s.get(u)\n',
      ),
    ],
    [
      'a POST with a key',
      ts(
        `import pRetry from 'p-retry'\nexport const a = u => pRetry(() => fetch(u, { method: 'POST', headers: { 'Idempotency-Key': k } }))`,
      ),
    ],
  ])('passes %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(retries, files)
    expect(status, JSON.stringify(verdicts)).toBe('pass')
  })

  it.each<[string, Files, number]>([
    ['fetch', ts('\nexport const a = u => fetch(u)'), 2],
    [
      'a library that is not used',
      ts(`import pRetry from 'p-retry'\nexport const a = u => fetch(u)\nexport const b = () => pRetry(() => other())`),
      2,
    ],
    [
      'axios-retry that is only imported',
      ts(`import axios from 'axios'\nimport axiosRetry from 'axios-retry'\nexport const a = u => axios.get(u)`),
      3,
    ],
    ['a loop over pages', ts('export const a = async pages => {\n for (const p of pages) { await fetch(p) } }'), 2],
    ['httpx', py('import httpx\ndef a():\n    return httpx.get(u)\n'), 3],
    [
      'tenacity elsewhere',
      py('import httpx\nfrom tenacity import retry\n@retry\ndef b(): ...\ndef a():\n    return httpx.get(u)\n'),
      6,
    ],
  ])('fails %s', async (_, files, line) => {
    const result = await judgeFiles(retries, files)
    expect(result).toMatchObject({ status: 'fail', proof: 'repository' })
    expect(result.verdicts[0]?.evidence?.[0]?.line).toBe(line)
  })

  it.each<[string, Files, string]>([
    [
      'a POST that is repeated',
      ts(`import pRetry from 'p-retry'\nexport const a = u => pRetry(() => fetch(u, { method: 'POST' }))`),
      'unknown',
    ],
    ['a POST alone', ts(`export const a = u => fetch(u, { method: 'POST' })`), 'unknown'],
    [
      'a POST in small letters of a table',
      ts(
        `import fetch from 'node-fetch'\nconst methods = { add: { method: 'post' } }\nexport const a = u => fetch(u, { method: methods.add.method.toUpperCase() })`,
      ),
      'unknown',
    ],
    [
      'a method that is computed',
      ts(`export const a = (u, method: string) => fetch(u, { method: method.toUpperCase() })`),
      'unknown',
    ],
    [
      'a GET beside options that say nothing of it',
      ts(`import fetch from 'node-fetch'\nexport const a = (u, proxy) => fetch(u, { ...(proxy ? { proxy } : {}) })`),
      'fail',
    ],
    ['one of two methods', ts(`export const a = (u, put) => fetch(u, { method: put ? 'PUT' : 'POST' })`), 'fail'],
    ['no request', { 'src/a.ts': `import '@modelcontextprotocol/sdk'` }, 'not-applicable'],
    [
      'requests that a library makes',
      {
        'package.json': '{"name":"a","dependencies":{"@acme/api":"1.0.0"}}',
        'src/a.ts': `import '@modelcontextprotocol/sdk'\nimport { api } from '@acme/api'`,
      },
      'unknown',
    ],
    ['another language', { 'go.mod': 'module a', 'main.go': '' }, 'unknown'],
  ])('tells of %s', async (_, files, status) => {
    expect((await judgeFiles(retries, files)).status).toBe(status)
  })
})
