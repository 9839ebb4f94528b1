import { describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import secretsFromEnvironment from '../security/secrets-from-environment.ts'
import configDocumentation from './config-documentation.ts'
import configFiles from './config-files.ts'
import environmentConfig from './environment-config.ts'

const client = (env: string): Files => ({
  'package.json': '{"name":"notes-mcp"}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { Notes } from 'notes-client'
export const notes = new Notes()
`,
  'README.md': `# Notes

\`\`\`json
{ "mcpServers": { "notes": { "command": "npx", "args": ["-y", "notes-mcp"], "env": ${env} } } }
\`\`\`
`,
})

const first = async (item: Item, files: Files) => (await judgeFiles(item, files)).verdicts[0]

describe.each([configDocumentation, environmentConfig, configFiles, secretsFromEnvironment])('$id', item => {
  it('leaves open what a library reads', async () => {
    const verdict = await first(item, client('{ "NOTES_API_KEY": "your-key" }'))
    expect(verdict).toMatchObject({ status: 'unknown', because: expect.stringContaining('sets NOTES_API_KEY') })
  })

  it('does not apply where nothing is set', async () => {
    expect(await first(item, client('{}'))).toMatchObject({ status: 'not-applicable' })
  })
})
