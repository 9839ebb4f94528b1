import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import strictTypes from './strict-types.ts'

const ts = (result: string, schema = ''): Files => ({
  'src/server.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('run', { description: 'd', inputSchema: { a: z.string() }${schema} }, async ({ a }) => {
  const names = a.split(',')
  if (a === 'x') return { content: [{ type: 'text', text: 'no' }], isError: true }
  return ${result}
})
`,
})
/** One function makes both kinds of results, and the handler asks which it is. */
const made = (guard: string): Files => ({
  'src/server.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
class Thinking {
  think(a) {
    try {
      return { content: [{ type: 'text', text: JSON.stringify({ n: a.length }) }] }
    } catch (error) {
      return { content: [{ type: 'text', text: String(error) }], isError: true }
    }
  }
}
const thinking = new Thinking()
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('run', { inputSchema: { a: z.string() }, outputSchema: { n: z.number() } }, async ({ a }) => {
  const result = thinking.think(a)
  ${guard}
  return { content: result.content, structuredContent: JSON.parse(result.content[0].text) }
})
`,
})
const status = async (files: Files) =>
  (await judgeFiles(strictTypes, files)).verdicts.find(({ proof }) => proof === 'repository')?.status
const schema = ', outputSchema: { n: z.number() }'
const text = `content: [{ type: 'text', text: a }]`

describe('strict-types in the source', () => {
  it.each<[string, Files]>([
    ['an object for a text', ts(`{ content: [{ type: 'text', text: { a } }] }`)],
    ['a number for a text', ts(`{ content: [{ type: 'text', text: names.length }] }`)],
    ['a list for structured content', ts(`{ ${text}, structuredContent: names }`)],
    ['a text for structured content', ts(`{ ${text}, structuredContent: JSON.stringify({ a }) }`)],
    ['no structured content', ts(`{ ${text} }`, schema)],
    ['a text for a number', ts(`{ ${text}, structuredContent: { n: String(a) } }`, schema)],
    ['the good one of two results', made('if (!result.isError) return result')],
    ['a result that may be the good one', made('if (a) return result')],
  ])('fails %s', async (_, files) => {
    expect(await status(files)).toBe('fail')
  })

  it.each<[string, Files]>([
    ['a text', ts(`{ content: [{ type: 'text', text: JSON.stringify(names) }] }`)],
    ['what is not known', ts(`{ content: [{ type: 'text', text: a.b }] }`)],
    ['an object', ts(`{ ${text}, structuredContent: { n: names.length } }`, schema)],
    ['a result that is completed elsewhere', ts(`{ ${text}, ...rest }`, schema)],
    ['a schema that may not be there', ts(`{ ${text} }`, ', outputSchema: isNew ? { n: z.number() } : undefined')],
    ['the bad one of two results', made('if (result.isError) {\n    return result\n  }')],
    ['the bad one of two results, compared', made('if (result.isError === true) return result')],
  ])('finds nothing in %s', async (_, files) => {
    expect(await status(files)).toBe('unknown')
  })
})
