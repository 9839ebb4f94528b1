import { describe, expect, it } from 'vitest'
import commandInjection from '../items/security/command-injection.ts'
import { pythonHandler, typescriptHandler } from '../testing/handlers.ts'
import { judgeFiles, type Files } from '../testing/repositories.ts'

const fails = async (files: Files): Promise<boolean> =>
  (await judgeFiles(commandInjection, files)).verdicts.some(
    ({ proof, status, evidence = [] }) =>
      proof === 'repository' && status === 'fail' && evidence.some(({ saw }) => saw.includes('authorization server')),
  )

const ts = (body: string, more = ''): Files =>
  typescriptHandler({
    before: `import open from 'open'
import { spawn } from 'node:child_process'
${more}
export class Provider {
  async redirectToAuthorization(url: URL) {
    ${body}
  }
}`,
    body: 'return { content: [] }',
  })

const py = (body: string): Files =>
  pythonHandler({
    before: `import subprocess
from mcp.client.auth import OAuthClientProvider


async def redirect(url):
    ${body}


provider = OAuthClientProvider("https://a.example", redirect_handler=redirect)
`,
    body: 'return path',
  })

describe('addresses that another server chose', () => {
  it.each<[string, Files]>([
    ['by a library', ts('await open(url.toString())')],
    ['by a program, in a function', ts('show(String(url))', `const show = (at: string) => spawn('xdg-open', [at])`)],
    ['by a program in Python', py('subprocess.run(["xdg-open", url])')],
  ])('are opened %s', async (_, files) => {
    expect(await fails(files)).toBe(true)
  })

  it.each<[string, Files]>([
    [
      'a look at the scheme',
      ts(`if (!/^https?:$/.test(url.protocol)) throw new Error('no')\n    await open(url.href)`),
    ],
    [
      'a look at the scheme in a function',
      ts(
        'await open(checked(url.href))',
        `const checked = (text: string): string => {
  const url = new URL(text)
  if (url.protocol !== 'https:') throw new Error('no')
  return url.href
}`,
      ),
    ],
    ['a line for the user', ts('console.error(`open ${url}`)')],
    ['a look at the scheme in Python', py('subprocess.run(["xdg-open", url]) if url.startswith("https://") else None')],
  ])('are not opened with %s', async (_, files) => {
    expect(await fails(files)).toBe(false)
  })
})
