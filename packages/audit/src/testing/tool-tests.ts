import item from '../items/code-quality/tool-tests.ts'
import { judgeFiles, type Files } from './repositories.ts'

export const statusOf = async (files: Files): Promise<string> => (await judgeFiles(item, files)).status
export const toldOf = async (files: Files): Promise<string> =>
  JSON.stringify((await judgeFiles(item, files)).verdicts[0])

/** A server with the tools `add` and `echo`, and no test. */
export const nodeProject: Files = {
  'package.json': JSON.stringify({
    name: 'x',
    bin: 'dist/index.js',
    dependencies: { '@modelcontextprotocol/sdk': '^1.29.0' },
    devDependencies: { vitest: '^4.0.0' },
  }),
  'src/index.ts': `import { build } from './server.js'\nvoid build().connect(null as never)\n`,
  'src/handlers.ts': `
export const add = async ({ a, b }: { a: number; b: number }) => ({ content: [{ type: 'text', text: String(a + b) }] })
`,
  'src/server.ts': `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { add } from './handlers.js'
export const build = () => {
  const server = new McpServer({ name: 'x', version: '1.0.0' })
  server.registerTool('add', { description: 'Adds', inputSchema: {} }, add)
  server.registerTool('echo', { description: 'Echoes', inputSchema: {} }, async ({ text }) => ({ content: [{ type: 'text', text }] }))
  return server
}
`,
}
