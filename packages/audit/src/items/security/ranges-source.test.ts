import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import ssrf from './ssrf.ts'

const judge = (files: Files) => judgeFiles(ssrf, files)
const takes = '{ url: z.string() }'
const before = (blocked: string): string => `import dns from 'node:dns/promises'
import { isIP } from 'node:net'
const toNumber = (ip: string) => ip.split('.').reduce((sum, part) => (sum << 8) + Number(part), 0) >>> 0
const blocked: [number, number][] = [${blocked}]
const isBlocked = (ip: string) =>
  isIP(ip) === 4 && blocked.some(([net, bits]) => ((toNumber(ip) ^ net) >>> (32 - bits)) === 0)
const cached = new Map<string, string>()
const isArgs = (given: unknown) =>
  typeof given === 'object' && given !== null && 'url' in given && typeof given.url === 'string'`
const resolvedFirst = `const { address } = await dns.lookup(new URL(args.url).hostname)
if (isBlocked(address)) throw new Error('no')
return fetch(\`http://\${address}/\`, { redirect: 'error' })`
const ranges = "[toNumber('10.0.0.0'), 8], [toNumber('127.0.0.0'), 8], [toNumber('169.254.0.0'), 16]"

describe('ranges of addresses that are told by their bits', () => {
  it('refuse the addresses in them', async () => {
    const result = await judge(typescriptHandler({ before: before(ranges), takes, body: resolvedFirst }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('are not worked out of numbers in another base', async () => {
    const hex = before(ranges).replace('Number(part)', 'Number.parseInt(part, 16)')
    const result = await judge(typescriptHandler({ before: hex, takes, body: resolvedFirst }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
  })

  it('let through the others', async () => {
    const others = "[toNumber('10.0.0.0'), 8], [toNumber('192.168.0.0'), 16]"
    const result = await judge(typescriptHandler({ before: before(others), takes, body: resolvedFirst }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })
})

describe('what says nothing of an address', () => {
  it.each([
    ['a check of types', "if (!isArgs(args)) throw new Error('no')\nreturn fetch(args.url)"],
    ['a hit of a cache', 'const hit = cached.get(args.url)\nif (hit) return hit\nreturn fetch(args.url)'],
  ])('is %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before: before(ranges), takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it('but a name that is looked up in a list of those allowed does', async () => {
    const body = "const known = cached.get(args.url)\nif (!known) throw new Error('no')\nreturn fetch(args.url)"
    const result = await judge(typescriptHandler({ before: before(ranges), takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('is a part that has to be there, in Python', async () => {
    const imports = 'import requests\n\ncached = {}'
    const body = `if name in cached:
    return cached[name]
return requests.get(name, timeout=5).text`
    const result = await judge(pythonHandler({ before: imports, takes: 'name: str', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })
})

describe('the address of a resource', () => {
  const resource = (uri: string): Files => ({
    'package.json': JSON.stringify({ name: 'a-server', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
    'src/index.ts': `import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js'
const pages = [{ name: 'help', uri: 'https://docs.example.com/help' }]
const server = new McpServer({ name: 'a-server', version: '1.0.0' })
for (const page of pages)
  server.registerResource(page.name, ${uri}, {}, async url => ({
    contents: [{ uri: url.href, text: await (await fetch('https://raw.example.com' + url.search.replace('?', ''))).text() }],
  }))
`,
  })

  const asked = (uri: string): Files => ({
    'package.json': JSON.stringify({ name: 'a-server', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
    'src/index.ts': `import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js'
const pages = [{ name: 'help', template: new ResourceTemplate('https://docs.example.com/{page}/', { list: undefined }) }]
const server = new McpServer({ name: 'a-server', version: '1.0.0' })
const read = async (url: URL) => ({
  contents: [{ uri: url.href, text: await (await fetch(\`\${url.origin}\${url.pathname.replace(/x$/, '')}.md\`)).text() }],
})
for (const page of pages) {
  if (page.uri) server.registerResource(page.name, page.uri, {}, url => read(url))
  else server.registerResource(page.name, ${uri}, {}, (url, variables) => read(url))
}
`,
  })

  it.each([
    ['has the host of its template', 'page.template', 'pass'],
    ['may have any host', "new ResourceTemplate('{+url}', { list: undefined })", 'fail'],
    ['may have any host behind a scheme', "new ResourceTemplate('https://{host}/{page}', { list: undefined })", 'fail'],
  ])('%s', async (_, uri, status) => {
    const result = await judge(asked(uri))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })

  it('has a path that begins with a slash', async () => {
    const files = asked("new ResourceTemplate('docs://{page}', { list: undefined })")
    const written = JSON.stringify(files).replace('${url.origin}', 'https://raw.example.com')
    const result = await judge(JSON.parse(written) as Files)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['is the one that it was registered with', 'page.uri', 'pass'],
    [
      'has open parts in a template',
      "new ResourceTemplate('https://docs.example.com/{page}', { list: undefined })",
      'fail',
    ],
  ])('%s', async (_, uri, status) => {
    const result = await judge(resource(uri))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })
})
