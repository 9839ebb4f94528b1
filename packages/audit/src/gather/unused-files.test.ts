import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../testing/repositories.ts'
import callTimeouts from '../items/resilience/call-timeouts.ts'

/** How it is started is not known. */
const server = (more: string): Files => ({
  'package.json': '{"name":"a","version":"1.0.0"}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
new McpServer({ name: 'a', version: '1' })
${more}`,
})
const asking = `export const ask = async () => (await fetch('https://a.example')).text()`
const status = async (files: Files): Promise<string> => (await judgeFiles(callTimeouts, files)).status

describe('files that nothing uses', () => {
  it('looks for no timeout in a file that nobody names', async () => {
    expect(await status({ ...server(''), 'src/resources/parse-news.ts': asking })).toBe('not-applicable')
  })
  it.each<[string, Files]>([
    ['that is imported', { ...server(`import './resources/parse-news.js'`), 'src/resources/parse-news.ts': asking }],
    ['that a test names', { ...server(''), 'src/news.ts': asking, 'test/a.test.ts': `import '../src/news'` }],
    ['of a folder of tools', { ...server(''), 'src/tools/news.ts': asking }],
    ['that is started', { ...server(''), 'src/worker.ts': asking }],
    ['that may be loaded by its path', { ...server('await import(name)'), 'src/news.ts': asking }],
    ['that does something by itself', { ...server(''), 'src/news.ts': `await fetch('https://a.example')` }],
  ])('looks in one %s', async (_, files) => {
    expect(await status(files)).toBe('fail')
  })
})
