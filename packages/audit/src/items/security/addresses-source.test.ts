import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import ssrf from './ssrf.ts'

const judge = (files: Files) => judgeFiles(ssrf, files)
const takes = '{ name: z.string() }'
const before = `import https from 'node:https'
import axios from 'axios'
import OpenAI from 'openai'
import WebSocket from 'ws'`
const fetched = (check: string) =>
  `if (!(${check})) throw new Error('no')\nreturn fetch(args.name, { redirect: 'error' })`

describe('addresses in TypeScript', () => {
  it.each([
    ['a client that is made', 'return axios.create({ baseURL: args.name }).get("/x")'],
    ['a client of a product', 'return new OpenAI({ baseURL: args.name }).models.list()'],
    ['a host among options', 'return https.get({ hostname: args.name, path: "/x" })'],
    ['a socket', 'return new WebSocket(args.name)'],
    ['an address that holds what is asked for', fetched('args.name.includes("api.example.com")')],
    ['a name that ends alike', fetched('new URL(args.name).hostname.endsWith("example.com")')],
  ])('fail: %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail', proof: 'repository' })
  })

  it.each([
    [
      'a client of one address',
      'return axios.create({ baseURL: "https://api.example.com" }).get(`/x/${encodeURIComponent(args.name)}`)',
    ],
    [
      'a host that is fixed',
      'return https.get({ hostname: "example.com", path: `/${encodeURIComponent(args.name)}` })',
    ],
    ['names below one', fetched('new URL(args.name).hostname.endsWith(".example.com")')],
    ['one name', fetched('new URL(args.name).hostname === "api.example.com"')],
  ])('do not fail: %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result.status, JSON.stringify(result.verdicts)).not.toBe('fail')
  })

  it('says which name ends alike', async () => {
    const body = fetched('new URL(args.name).hostname.endsWith("example.com")')
    expect(evidenceOf(await judge(typescriptHandler({ before, takes, body })))).toContain('https://evilexample.com/x')
  })
})

describe('addresses in Python', () => {
  const imports =
    'from urllib.parse import urlparse\n\nimport feedparser\nimport httpx\nimport requests\nfrom atlassian import Jira\nfrom openai import OpenAI'
  const asked = (check: string) =>
    `if not ${check}:\n    raise ValueError("no")\nreturn requests.get(name, timeout=5, allow_redirects=False).text`

  it.each([
    ['the base of a client', 'return httpx.Client(base_url=name).get("/x").text'],
    ['a client of a product', 'return str(OpenAI(base_url=name).models.list())'],
    ['a product', 'return str(Jira(url=name, token="x").myself())'],
    ['a feed', 'return str(feedparser.parse(name))'],
    ['a part of an address', asked('"example.com" in name')],
    ['a name that ends alike', asked('(urlparse(name).hostname or "").endswith("example.com")')],
  ])('fail: %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: 'name: str', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    [
      'a base that is fixed',
      'return httpx.Client(base_url="https://api.example.com").get("/x", params={"q": name}).text',
    ],
    ['one name', asked('urlparse(name).hostname == "example.com"')],
  ])('do not fail: %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: 'name: str', body }))
    expect(result.status, JSON.stringify(result.verdicts)).not.toBe('fail')
  })
})
