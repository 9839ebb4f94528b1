import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import callTimeouts from './call-timeouts.ts'
import retries from './retries.ts'

const library = `// node_modules/axios/lib/axios.js
var adapter = u => fetch(u);
var axios = { create: options => options, get: adapter };
var axios_default = axios;
`
const bundle = (own: string): Files => ({
  'package.json': '{"name":"a","version":"1.0.0","bin":"build/index.js"}',
  'build/index.js': `${library}\n// src/index.ts
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
var server = new McpServer({ name: 'a', version: '1' });
${own}\n`,
})
const told = async (files: Files, item = callTimeouts): Promise<string> => {
  const [first] = (await judgeFiles(item, files)).verdicts
  return `${first?.status}: ${first?.because ?? first?.evidence?.[0]?.line ?? ''}`
}
const bounded = 'fetch(u, { signal: AbortSignal.timeout(5) })'

describe('libraries in a bundle', () => {
  it('are none of the calls of the server', async () => {
    expect(await told(bundle(bounded))).toBe('pass: 9')
    expect(await told(bundle('fetch(u)'))).toBe('fail: 9')
    expect(await told(bundle('fetch(u)'), retries)).toBe('fail: 9')
  })

  it('may call out for a server that makes no call of its own', async () => {
    expect(await told(bundle(''))).toMatch(/^unknown: no call .* \(axios\) shows in a live run only$/)
    expect(await told(bundle(''), retries)).toMatch(/^unknown: no request .* \(axios\)/)
  })

  it.each([
    `var client = axios_default.create({ baseURL: u });`,
    `axios_default.get(u);`,
    `var import_axios = __toESM(axios_default);\nimport_axios.default.get(u);`,
  ])('name the place where the server uses them: %s', async own => {
    expect(await told(bundle(`${bounded};\n${own}`))).toMatch(
      /^unknown: whether axios\.(create|get) in build\/index.js:\d+ has a timeout was not decided$/,
    )
  })

  it('pass with a timeout, and where only other functions of theirs are used', async () => {
    expect(await told(bundle('var client = axios_default.create({ timeout: 5000 });'))).toBe('pass: 9')
    expect(await told(bundle(`${bounded};\naxios_default.isAxiosError(e);`))).toBe('pass: 9')
  })

  it('are told by marks of bundlers alone', async () => {
    expect(
      await told({
        'src/a.ts': `import '@modelcontextprotocol/sdk'\n// see node_modules/axios/lib/axios.js\nfetch(u)`,
      }),
    ).toBe('fail: 3')
    const rolldown = bundle(bounded)['build/index.js']?.replaceAll(/^\/\/ (node_modules.*)$/gm, '//#region $1')
    expect(await told({ ...bundle(''), 'build/index.js': rolldown ?? '' })).toBe('pass: 9')
  })
})
