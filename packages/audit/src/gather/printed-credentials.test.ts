import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import type { Target } from '../core/target.ts'
import { stopEverything } from '../target/process.ts'
import type { Startup } from '../target/startup-failures.ts'
import { bareTarget } from '../testing/repositories.ts'
import { printedCredentials, type PrintedCredentials } from './printed-credentials.ts'

afterAll(stopEverything)

const given = 'given-0123456789abcdef'
const own = 'own0123456789abcdefX'

/** A server that is asked with `key`, the credential, and answers with a status. */
const gather = async (answer: string, before = ''): Promise<PrintedCredentials | null> => {
  const script = `
import { createServer } from 'node:http'
const own = '${own}'
${before}
createServer((request, response) => {
  const key = (request.headers.authorization ?? '').replace('Bearer ', '')
  response.writeHead(${answer}).end('{}')
}).listen(Number(process.env.PORT), '127.0.0.1')`
  const args = ['--input-type=module', '-e', script]
  const env = { PORT: '{port}', AIRWORTHY_TEST_KEY: given }
  const launch = { command: process.execPath, args, cwd: tmpdir(), env, origin: 'test' }
  const headers = { authorization: `Bearer ${given}` }
  const server = { transport: 'http', url: 'http://127.0.0.1:{port}/mcp', headers, launch } as const
  const target: Target = bareTarget({ server })
  return printedCredentials.gather(target, { opening: { ms: 200, eras: ['modern'] } as unknown as Startup })
}
const shut = 'key === own ? 200 : 401'

describe('credentials that are printed', { timeout: 30_000 }, () => {
  it.each([
    ['in a sentence', 'console.error(`the key is ${own}.`)'],
    ['behind a name', 'console.error(`token=${own}`)'],
    ['in a colour', 'console.error(`\\u001b[32m${own}\\u001b[0m`)'],
  ])('are found %s', async (_, before) => {
    expect(await gather(shut, before)).toMatchObject({
      refusal: 'HTTP 401',
      printed: { masked: 'own…fX' },
      doubt: null,
    })
  })

  it('are not, where none is', async () => {
    const seen = await gather(shut, 'console.error(`trace abcdef0123456789abc`)')
    expect(seen).toMatchObject({ printed: null, tried: 1, doubt: null })
  })

  it('are none where any word opens', async () => {
    const seen = await gather(`key === '' ? 401 : 200`, 'console.error(`the key is ${own}`)')
    expect(seen).toMatchObject({ printed: null, doubt: 'a request with a made-up credential: HTTP 200' })
  })

  it.each([
    ['that fails', '500', 'a request without a credential: HTTP 500'],
    [
      'that limits its callers',
      `key === '' || key.length > 40 ? 401 : 429`,
      'a request with a word of its log: HTTP 429',
    ],
  ])('are not told by a server %s', async (_, answer, doubt) => {
    expect(await gather(answer, 'console.error(`the key is ${own}`)')).toMatchObject({ printed: null, doubt })
  })

  it('are looked for without a variable that the audit itself was given', async () => {
    process.env['AIRWORTHY_TEST_KEY'] = given
    const seen = await gather(shut, 'if (process.env.AIRWORTHY_TEST_KEY) process.exit(1)')
    delete process.env['AIRWORTHY_TEST_KEY']
    expect(seen).toMatchObject({ refusal: 'HTTP 401' })
  })
})
