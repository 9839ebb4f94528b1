import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import ssrf from './ssrf.ts'

/** Lists of hosts from the settings: what is not looked at without one is asked as long as nobody sets it. */
describe('lists that may be empty', () => {
  const hosts = `const HOSTS = (process.env.HOSTS ?? '')
  .split(',')
  .map(host => host.trim().toLowerCase())
  .filter(host => host.length > 0)
const check = (address: string) => {
  const url = new URL(address)
  try {
    if (TEST) {
      const isListed = HOSTS.some(host => url.hostname === host || url.hostname.endsWith(\`.\${host}\`))
      if (!isListed) throw new Error('no')
    }
  } catch (error) {
    throw new Error(\`failed: \${error instanceof Error ? error.message : String(error)}\`)
  }
  return url
}`
  const judge = (test: string) =>
    judgeFiles(
      ssrf,
      typescriptHandler({
        before: hosts.replace('TEST', test),
        takes: '{ url: z.string() }',
        body: 'return fetch(check(args.url))',
      }),
    )

  it.each([
    ["HOSTS.length > 0 && (url.protocol === 'http:' || url.protocol === 'https:')", 'unknown'],
    ['HOSTS.length > 0', 'unknown'],
    ['HOSTS.length', 'unknown'],
    ["url.protocol !== 'data:'", 'pass'],
  ])('TypeScript, looked at where %s: %s', async (test, status) => {
    const result = await judge(test)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })

  it.each([
    ['HOSTS and urlparse(url).hostname not in HOSTS', 'unknown'],
    ['len(HOSTS) > 0 and urlparse(url).hostname not in HOSTS', 'unknown'],
    ['urlparse(url).hostname not in HOSTS', 'pass'],
  ])('Python, refused where %s: %s', async (test, status) => {
    const before = `import os
import httpx
from urllib.parse import urlparse
HOSTS = [host.strip() for host in os.environ.get("HOSTS", "").split(",") if host.strip()]
`
    const body = `if ${test}:\n    raise ValueError(url)\nreturn httpx.get(url).text`
    const result = await judgeFiles(ssrf, pythonHandler({ before, takes: 'url: str', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })
})
