import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import ssrf from './ssrf.ts'

describe('requests in TypeScript behind a look at the address', () => {
  const before = `import axios from 'axios'
import dns from 'node:dns/promises'
import got from 'got'
import https from 'node:https'
import { Agent } from 'undici'
import isPrivate from 'private-ip'
const api = axios.create({ timeout: 5000, maxRedirects: 0 })
const plain = new https.Agent({ keepAlive: true })
const limits = { redirect: 'error' as const }`

  const judge = (call: string, look = 'isPrivate(address)') =>
    judgeFiles(
      ssrf,
      typescriptHandler({
        before,
        takes: '{ url: z.string() }',
        body: `const { hostname } = new URL(args.url)
const { address } = await dns.lookup(hostname)
if (${look}) throw new Error('no')
return ${call}`,
      }),
    )

  it.each([
    ['fetch(args.url)', 'fail'],
    ['fetch(args.url, { headers: {} })', 'fail'],
    ["fetch(args.url, { redirect: 'follow' })", 'fail'],
    ["fetch(args.url, { redirect: 'error' })", 'pass'],
    ['fetch(args.url, { ...limits, headers: {} })', 'pass'],
    ['fetch(args.url, optionsOf(args))', 'unknown'],
    ['fetch(args.url, { dispatcher: new Agent({ connect: { timeout: 5000 } }) })', 'fail'],
    ['fetch(args.url, { dispatcher: new Agent({ connect: { lookup: onlyPublic } }) })', 'unknown'],
    ['axios.get(args.url)', 'fail'],
    ['axios.get(args.url, { maxRedirects: 0 })', 'pass'],
    ['axios.get(args.url, { httpsAgent: plain })', 'fail'],
    ['axios.get(args.url, { beforeRedirect: look })', 'unknown'],
    ['axios.post(args.url, args, { maxRedirects: 0 })', 'pass'],
    ['api.get(args.url)', 'pass'],
    ['got(args.url)', 'fail'],
    ['got(args.url, { followRedirect: false })', 'pass'],
    ['https.get(args.url)', 'pass'],
  ])('%s: %s', async (call, status) => {
    const result = await judge(call)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })

  it('tells what does harm', async () => {
    expect(JSON.stringify((await judge('fetch(args.url)')).verdicts)).toContain('whose answer leads to another machine')
  })

  it.each([
    ['if (process.env.MORE) options.redirect', "'manual'", 'unknown'],
    ['options.redirect', "'manual'", 'pass'],
    ['if (process.env.MORE) options.dispatcher', 'new Agent({ connect: { lookup: onlyPublic } })', 'unknown'],
    ['options.body', "''", 'fail'],
  ])('reads what is put into options later: %s = %s: %s', async (name, value, status) => {
    const files = typescriptHandler({
      before: `${before}\nconst onlyPublic = connector.lookup`,
      takes: '{ url: z.string() }',
      body: `const { address } = await dns.lookup(new URL(args.url).hostname)
if (isPrivate(address)) throw new Error('no')
const options: RequestInit = { headers: {} }
${name} = ${value}
return fetch(args.url, options)`,
    })
    expect(await judgeFiles(ssrf, files)).toMatchObject({ status })
  })

  it('leaves the sites of a list alone', async () => {
    expect(await judge('fetch(args.url)', "hostname !== 'example.com'")).toMatchObject({ status: 'pass' })
  })

  it('leaves open what an agent refuses', async () => {
    const call = 'fetch(args.url, { dispatcher: new Agent({ connect: { lookup: onlyPublic } }) })'
    expect(await judge(call, 'false')).toMatchObject({ status: 'unknown' })
    expect(await judge('axios.get(args.url, { httpsAgent: plain })', 'false')).toMatchObject({ status: 'fail' })
  })
})

describe('requests in Python behind a look at the address', () => {
  const before = `import ipaddress
import socket
import httpx
import requests
from urllib.parse import urlparse


def client():
    return httpx.Client(follow_redirects=True, timeout=5)


async def only_public(request):
    if ipaddress.ip_address(request.url.host).is_private:
        raise ValueError(request.url)
`
  const look = `host = urlparse(url).hostname
for info in socket.getaddrinfo(host, 443):
    if ipaddress.ip_address(info[4][0]).is_private:
        raise ValueError(host)
`
  const judge = (body: string) => judgeFiles(ssrf, pythonHandler({ before, takes: 'url: str', body }))

  it.each([
    ['requests.get(url, timeout=5)', 'fail'],
    ['requests.get(url, timeout=5, allow_redirects=False)', 'pass'],
    ['requests.Session().get(url, timeout=5)', 'fail'],
    ['requests.head(url, timeout=5)', 'pass'],
    ['requests.get(url, timeout=5, **options)', 'unknown'],
    ['httpx.get(url)', 'pass'],
    ['httpx.get(url, follow_redirects=True)', 'fail'],
    ['httpx.get(url, follow_redirects=False)', 'pass'],
    ['httpx.Client().get(url)', 'pass'],
    ['httpx.Client().get(url, follow_redirects=True)', 'fail'],
    ['client().get(url)', 'fail'],
    ['client().get(url, follow_redirects=False)', 'pass'],
    ['httpx.Client(follow_redirects=True, event_hooks={"request": [only_public]}).get(url)', 'unknown'],
    ['httpx.Client(follow_redirects=True, transport=httpx.HTTPTransport(retries=2)).get(url)', 'fail'],
    ['httpx.Client(follow_redirects=True, transport=Guarded()).get(url)', 'unknown'],
    ['client().send(client().build_request("GET", url))', 'fail'],
    ['client().send(httpx.Request("GET", url), follow_redirects=False)', 'pass'],
  ])('%s: %s', async (call, status) => {
    const result = await judge(`${look}return ${call}.text`)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })

  it('leaves open what hooks refuse that are set later', async () => {
    const hooked = `hooks = []
if guarded:
    hooks.append(only_public)
with client() as one:
    one.event_hooks = {"request": hooks}
    return one.get(url).text`
    expect(await judge(hooked)).toMatchObject({ status: 'unknown' })
    expect(await judge(hooked.replace('event_hooks', 'other'))).toMatchObject({ status: 'fail' })
  })

  it('takes hooks of one client for no others', async () => {
    const body = `with client() as one:
    one.event_hooks = {"request": [only_public]}
    first = one.get(url).text
return first + load(url)`
    const other = `${before}
def load(address):
    with client() as one:
        return one.get(address).text
`
    const files = pythonHandler({ before: other, takes: 'url: str', body })
    expect(await judgeFiles(ssrf, files)).toMatchObject({ status: 'fail' })
  })
})
