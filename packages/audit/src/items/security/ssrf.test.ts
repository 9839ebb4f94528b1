import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import ssrf from './ssrf.ts'

const judge = (files: Files) => judgeFiles(ssrf, files)
const takes = '{ url: z.string(), id: z.string() }'
const before = `import axios from 'axios'
import dns from 'node:dns/promises'
import https from 'node:https'
import isPrivate from 'private-ip'
const api = axios.create({ baseURL: 'https://api.example.com' })`

describe('requests in TypeScript', () => {
  it.each([
    ['any URL', 'return fetch(args.url)'],
    ['a client with a base', 'return api.get(args.url)'],
    ['a host', 'return fetch(`https://${args.id}/status`)'],
    ['a URL that is relative only by hope', `return fetch(new URL(args.url, 'https://api.example.com/'))`],
    ['no slash behind the host', 'return fetch(`https://api.example.com${args.url}`)'],
    ['options', 'return axios({ method: "get", url: args.url })'],
    ['a scheme that is checked', `if (!args.url.startsWith('https://')) throw new Error('no')\nreturn fetch(args.url)`],
    [
      'names of this machine alone',
      `const { hostname } = new URL(args.url)\nif (hostname === 'localhost' || hostname === '127.0.0.1') throw new Error('no')\nreturn fetch(args.url)`,
    ],
    [
      'private addresses that are written down',
      `const { hostname } = new URL(args.url)
if (/^(10\\.|127\\.|169\\.254\\.|192\\.168\\.|localhost$)/.test(hostname)) throw new Error('no')
return fetch(args.url)`,
    ],
  ])('fails with %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['a part of the path', 'return fetch(`https://api.example.com/items/${args.id}`)'],
    ['an encoded part', 'return fetch(`https://api.example.com/${encodeURIComponent(args.id)}`)'],
    [
      'a query',
      `const url = new URL('/search', process.env.API_URL)\nurl.searchParams.set('q', args.id)\nreturn fetch(url)`,
    ],
    ['a host from the settings', 'return fetch(`${process.env.API_URL}/items/${args.id}`)'],
    ['a client with a base and a fixed beginning', 'return api.get(`/items/${args.id}`)'],
    ['a body', `return fetch('https://api.example.com/items', { method: 'POST', body: JSON.stringify(args) })`],
    [
      'a list of hosts',
      `const hosts = new Set(['example.com'])\nif (!hosts.has(new URL(args.url).hostname)) throw new Error('no')\nreturn fetch(args.url)`,
    ],
    [
      'a host that is compared',
      `const wanted = new URL(args.url)\nif (wanted.origin !== 'https://example.com') return 'no'\nreturn fetch(wanted)`,
    ],
    [
      'the answer of DNS',
      `const { hostname } = new URL(args.url)
const { address } = await dns.lookup(hostname)
if (/^(0\\.|10\\.|127\\.|169\\.254\\.|192\\.168\\.|172\\.(1[6-9]|2\\d|3[01])\\.)/.test(address)) throw new Error('no')
return fetch(args.url, { redirect: 'error' })`,
    ],
  ])('passes with %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('fails where a library for addresses is given a whole URL', async () => {
    const body = `if (isPrivate(args.url)) throw new Error('no')\nreturn fetch(args.url)`
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(evidenceOf(result)).toContain('http://169.254.169.254')
  })

  it('does not fail where an error is thrown again by what it says', async () => {
    const body = `const { hostname } = new URL(args.url)
try {
  const { address } = await dns.lookup(hostname)
  if (isPrivate(address)) throw new Error(\`blocked: \${address}\`)
} catch (error) {
  if (error instanceof Error && error.message.includes('blocked')) throw error
}
return fetch(args.url, { redirect: 'manual' })`
    expect((await judge(typescriptHandler({ before, takes, body }))).status).not.toBe('fail')
  })

  it('says what is wanted of a tool that fetches', async () => {
    const result = await judge(typescriptHandler({ before, takes, body: 'return fetch(args.url)' }))
    expect(evidenceOf(result)).toContain('169.254.169.254')
    expect(JSON.stringify(result.verdicts)).toContain('answers of DNS')
  })

  it('is unknown where a library asks', async () => {
    const files = {
      ...typescriptHandler({ body: 'return client.run(args.path)' }),
      'package.json': '{"dependencies":{"openapi-client-axios":"7"}}',
    }
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })

  it('does not apply to a server that asks nobody', async () => {
    expect(await judge(typescriptHandler({ body: 'return args.path' }))).toMatchObject({ status: 'not-applicable' })
  })

  it.each([
    ['a library of a service that its start does not call', 'octokit', 'unknown'],
    ['the library that its start calls', 'axios', 'not-applicable'],
  ])('says of handlers that ask nothing, beside %s: %s', async (_, library, status) => {
    const asking = "import axios from 'axios'\nconst latest = await axios.get('https://api.example.com/version')"
    const manifest = { name: 'a', version: '1.0.0', bin: 'src/index.ts', dependencies: { axios: '1', [library]: '1' } }
    const files = { 'package.json': JSON.stringify(manifest) }
    expect(await judge(typescriptHandler({ before: asking, body: 'return args.path', files }))).toMatchObject({
      status,
    })
  })
})

it('leaves open what the libraries of an unpacked wheel are asked for', async () => {
  const wheel = (before: string): Files => {
    const { 'pyproject.toml': _, ...files } = pythonHandler({ before, body: 'return path' })
    return { ...files, 'a_server/client_names.py': '' }
  }
  expect(await judge(wheel('import boto3'))).toMatchObject({ status: 'unknown' })
  expect(await judge(wheel('from a_server import client_names'))).toMatchObject({ status: 'not-applicable' })
})

describe('requests in Python', () => {
  const imports =
    'import ipaddress\nimport os\nimport socket\nimport httpx\nimport requests\nfrom urllib.parse import quote, urlparse\nBASE = os.environ["API_URL"]'
  const parameters = 'url: str, item: str'

  it.each([
    ['requests', 'return requests.get(url, timeout=5).text'],
    ['httpx', 'with httpx.Client(base_url=BASE) as client:\n    return client.get(url).text'],
    ['a host', 'return requests.get(f"https://{item}.internal/x", timeout=5).text'],
    [
      'a scheme that is checked',
      'if urlparse(url).scheme not in ("http", "https"):\n    raise ValueError(url)\nreturn httpx.get(url).text',
    ],
    ['a function', 'return load(url)'],
    ['another method', 'return requests.request("GET", url, timeout=5).text'],
  ])('fails with %s', async (_, body) => {
    const before = `${imports}\ndef load(address):\n    with httpx.Client() as client:\n        return client.get(address).text`
    const result = await judge(pythonHandler({ before, takes: parameters, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['a part of the path', 'return requests.get(f"{BASE}/items/{quote(item)}", timeout=5).text'],
    ['parameters', 'return requests.get("https://api.example.com/search", params={"q": item}, timeout=5).text'],
    [
      'a list of hosts',
      'if urlparse(url).hostname not in {"example.com"}:\n    raise ValueError(url)\nreturn requests.get(url, timeout=5).text',
    ],
    [
      'the answers of DNS',
      'host = urlparse(url).hostname\nfor info in socket.getaddrinfo(host, 443):\n    if ipaddress.ip_address(info[4][0]).is_private:\n        raise ValueError(host)\nreturn httpx.get(url).text',
    ],
  ])('passes with %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: parameters, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })
})
