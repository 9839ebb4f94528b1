import { describe, expect, it } from 'vitest'
import strictTypes from '../items/protocol/strict-types.ts'
import { judgeFiles, type Files } from '../testing/repositories.ts'

const said = async (files: Files): Promise<string[]> =>
  (await judgeFiles(strictTypes, files)).verdicts
    .filter(({ proof, status }) => proof === 'repository' && status === 'fail')
    .flatMap(({ evidence = [] }) => evidence.map(({ saw }) => saw))

const ts = (body: string, output = '', before = ''): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
${before}
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('work', { inputSchema: { path: z.string() }${output && `, outputSchema: ${output}`} }, async args => {
${body}
})`,
})

const py = (made: string): Files => ({
  'pkg/server.py': `from mcp.server.lowlevel import Server
from mcp.types import ImageContent, TextContent
server = Server("a")

@server.call_tool()
async def call(name: str, arguments: dict):
    return [${made}]
`,
})

const text = `const part = { type: 'text', text: args.path }`

describe('results of tools in the source', () => {
  it.each<[string, Files, RegExp]>([
    [
      'a type that the specification does not have',
      ts(`const kind = args.path.endsWith('.png') ? 'image' : 'blob'
  const part = { type: kind, data: '', mimeType: '' }
  return { content: [part] }`),
      /"blob"/,
    ],
    ['an image without its type', ts(`return { content: [{ type: 'image', data: '' }] }`), /without mimeType/],
    [
      'a list where a text is declared',
      ts(`${text}\n  return { content: [part], structuredContent: { content: [part] } }`, '{ content: z.string() }'),
      /is a list, the outputSchema says a text/,
    ],
    [
      'a field that is missing',
      ts(
        `${text}\n  return { content: [part], structuredContent: { size: 1 } }`,
        '{ size: z.number(), name: z.string() }',
      ),
      /has no name/,
    ],
    ['another type in Python', py('TextContent(type="markdown", text="a")'), /"markdown"/],
  ])('fails %s', async (_, files, saw) => {
    expect((await said(files)).join('\n')).toMatch(saw)
  })

  it.each<[string, Files]>([
    [
      'each type by itself',
      ts(`if (args.path === 'a') return { content: [{ type: 'image', data: '', mimeType: 'image/png' }] }
  return { content: [{ type: 'resource', resource: { uri: 'a:b', blob: '' } }, { type: 'resource_link', uri: 'a:b', name: 'b' }] }`),
    ],
    [
      'what is declared',
      ts(
        `${text}\n  return { content: [part], structuredContent: { content: args.path, size: 1 } }`,
        '{ content: z.string(), size: z.number().optional(), name: z.string().optional() }',
      ),
    ],
    [
      'a schema that takes either',
      ts(
        `${text}\n  return { content: [part], structuredContent: { content: [part] } }`,
        '{ content: z.union([z.string(), z.array(z.any())]) }',
      ),
    ],
    [
      'an error without structured content of that form',
      ts(
        `${text}\n  return { isError: true, content: [part], structuredContent: { reason: args.path } }`,
        '{ content: z.string() }',
      ),
    ],
    [
      'a document of another kind below it',
      ts(
        `return { content: [{ type: 'text', text: JSON.stringify(page()) }] }`,
        '',
        `const page = () => ({ type: 'doc', content: [{ type: 'paragraph', content: [] }] })`,
      ),
    ],
    ['the type in Python', py('TextContent(type="text", text="a"), ImageContent(type="image", data="", mimeType="")')],
  ])('says nothing about %s', async (_, files) => {
    expect(await said(files)).toEqual([])
  })
})
