import { describe, expect, it } from 'vitest'
import { typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import pathTraversal from './path-traversal.ts'

const judge = (files: Files) => judgeFiles(pathTraversal, files)
const imports = `import fs from 'node:fs/promises'
import path from 'node:path'
const root = path.resolve(process.env.ROOT ?? '.')`

const broken: [what: string, body: string, before?: string][] = [
  ['no check', 'return fs.readFile(args.path, "utf8")'],
  ['a join', 'return fs.readFile(path.join(root, args.path), "utf8")'],
  [
    'a prefix without a separator',
    `const file = await fs.realpath(path.resolve(root, args.path))
if (!file.startsWith(root)) throw new Error('outside')
return fs.readFile(file)`,
  ],
  [
    'a check that does not follow links',
    `const file = path.resolve(root, args.path)
if (!file.startsWith(root + path.sep)) throw new Error('outside')
return fs.readFile(file)`,
  ],
  [
    'a check whose failure does not leave',
    `const file = await fs.realpath(path.resolve(root, args.path))
if (!file.startsWith(root + path.sep)) console.error('outside')
return fs.readFile(file)`,
  ],
  [
    'a check of something else',
    `const file = path.resolve(root, args.path)
const other = await fs.realpath(root)
if (!other.startsWith(root + path.sep)) throw new Error('outside')
return fs.readFile(file)`,
  ],
  ['.. removed once', `return fs.readFile(path.join(root, args.path.replace('../', '')))`],
  [
    'a check after the fact',
    `const text = await fs.readFile(args.path)\nif (args.path.includes('..')) throw new Error('no')\nreturn text`,
  ],
  [
    'decoding after the check',
    `if (args.path.includes('..') || path.isAbsolute(args.path)) throw new Error('no')
return fs.readFile(path.join('/srv/data', decodeURIComponent(args.path)))`,
  ],
  ['through functions and files', `return load(args.path)`, `import { load } from './store.js'`],
  ['through a callback', `return Promise.all([args.path].map(async name => fs.readFile(name)))`],
  [
    'a validator that is never called',
    'return fs.readFile(args.path)',
    `const check = (name: string) => { if (name.includes('/')) throw new Error('no') }`,
  ],
]

const right: [what: string, body: string, before?: string][] = [
  [
    'the real path and a separator',
    `const file = await fs.realpath(path.resolve(root, args.path))
if (!file.startsWith(root + path.sep)) throw new Error('outside')
return fs.readFile(file)`,
  ],
  [
    'path.relative',
    `const file = await fs.realpath(path.resolve(root, args.path))
const inner = path.relative(root, file)
if (inner.startsWith('..') || path.isAbsolute(inner)) return 'outside'
return fs.readFile(file)`,
  ],
  ['the last part of the name', 'return fs.readFile(path.join("/var/lib/a-server", path.basename(args.path)))'],
  [
    'a class of characters',
    `if (!/^[a-z0-9_-]+$/.test(args.path)) throw new Error('no')\nreturn fs.readFile(path.join('/var/lib/a-server', args.path + '.md'))`,
  ],
  ['what is replaced', `return fs.readFile('/var/lib/a-server/' + args.path.replace(/[^a-z0-9]/gi, '_'))`],
  [
    'a list of names',
    `if (!['a.md', 'b.md'].includes(args.path)) return 'unknown'\nreturn fs.readFile(path.join(root, args.path))`,
  ],
  [
    'a table of files',
    `const file = { a: '/srv/a.md', b: '/srv/b.md' }[args.path]\nif (!file) return 'unknown'\nreturn fs.readFile(file)`,
  ],
  [
    'a function that throws, in another file',
    'return fs.readFile(await inside(args.path))',
    `import { inside } from './inside.js'`,
  ],
  [
    'a function that answers yes or no',
    `const file = await fs.realpath(path.join(root, args.path))
if (await allowed(file)) return fs.readFile(file)
return 'outside'`,
    `const allowed = async (file: string) => [root].some(folder => file === folder || file.startsWith(folder + path.sep))`,
  ],
  [
    'a hash',
    `return fs.readFile(path.join(root, createHash('sha256').update(args.path).digest('hex')))`,
    `import { createHash } from 'node:crypto'`,
  ],
  ['how long it is', 'return fs.readFile(path.join(root, `template-${args.path.length}.md`))'],
  ['a file of its own', `return fs.readFile(new URL('./a.md', import.meta.url))`],
]

const others: Files = {
  'src/store.ts': `import { readFile } from 'node:fs/promises'
const open = (name: string) => readFile(name, 'utf8')
export const load = async (name: string) => open(name.trim())`,
  'src/inside.ts': `import { realpath } from 'node:fs/promises'
import { relative, resolve, isAbsolute } from 'node:path'
export async function inside(name: string): Promise<string> {
  const root = await realpath(process.env.ROOT!)
  const file = await realpath(resolve(root, name))
  const inner = relative(root, file)
  if (inner === '' || (!inner.startsWith('..') && !isAbsolute(inner))) return file
  throw new Error('outside')
}`,
}

describe('paths in TypeScript', () => {
  it.each(broken)('fails with %s', async (_, body, before = '') => {
    const result = await judge(typescriptHandler({ before: `${imports}\n${before}`, body, files: others }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail', proof: 'repository' })
    expect(evidenceOf(result)).toContain('path of tool work')
  })

  it.each(right)('passes with %s', async (_, body, before = '') => {
    const result = await judge(typescriptHandler({ before: `${imports}\n${before}`, body, files: others }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('takes a schema at its word when the server holds the arguments against it', async () => {
    const body = 'return fs.readFile(`/srv/data/${args.path}.json`)'
    for (const schema of [
      'z.number()',
      'z.enum(["a"])',
      'z.uuid()',
      'z.string().regex(/^[a-z]+$/)',
      'z.string().uuid()',
    ])
      expect(await judge(typescriptHandler({ before: imports, takes: `{ path: ${schema} }`, body }))).toMatchObject({
        status: 'pass',
      })
    const loose = await judge(
      typescriptHandler({ before: imports, takes: '{ path: z.string().regex(/[a-z]+/) }', body }),
    )
    expect(loose.status).toBe('fail')
  })

  it('is undecided where a library or a rule that cannot be read stands between', async () => {
    const library = await judge(
      typescriptHandler({
        before: `${imports}\nimport { clean } from 'some-cleaner'`,
        body: 'return fs.readFile(clean(args.path))',
      }),
    )
    expect(library.status).toBe('unknown')
    expect(JSON.stringify(library.verdicts)).toContain('clean()')
    const rule = await judge(
      typescriptHandler({
        before: imports,
        takes: '{ path: z.string().refine(isFine) }',
        body: 'return fs.readFile(args.path)',
      }),
    )
    expect(rule.status).toBe('unknown')
  })

  it('names the check that let it pass', async () => {
    const body = `const file = await fs.realpath(path.resolve(root, args.path))
if (!file.startsWith(root)) throw new Error('outside')
return fs.readFile(file)`
    const result = await judge(typescriptHandler({ before: imports, body }))
    expect(evidenceOf(result)).toContain('let through in src/index.ts:9')
  })

  it('is undecided where all arguments go to a function that was not found', async () => {
    const before = "import { work } from './left-out.js'"
    expect(await judge(typescriptHandler({ before, body: 'return work(args)' }))).toMatchObject({ status: 'unknown' })
    expect(await judge(typescriptHandler({ body: 'console.log(args)\nreturn JSON.stringify(args)' }))).toMatchObject({
      status: 'pass',
    })
  })

  it('follows a low-level handler with a switch, and compiled code', async () => {
    const result = await judge({
      'package.json': '{"name":"a","version":"1.0.0","bin":"dist/index.js"}',
      'dist/index.js': `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const index_js_1 = require("@modelcontextprotocol/sdk/server/index.js");
const types_js_1 = require("@modelcontextprotocol/sdk/types.js");
const promises_1 = require("fs/promises");
const server = new index_js_1.Server({ name: "a", version: "1" }, { capabilities: { tools: {} } });
server.setRequestHandler(types_js_1.CallToolRequestSchema, async (request) => {
    const { name, arguments: args } = request.params;
    switch (name) {
        case "list": {
            return { content: [] };
        }
        case "read": {
            return { content: [{ type: "text", text: await (0, promises_1.readFile)(args.path, "utf8") }] };
        }
        default:
            throw new Error("unknown tool");
    }
});`,
    })
    expect(result.status).toBe('fail')
    expect(evidenceOf(result)).toContain('promises_1.readFile')
  })

  it('passes a server that touches no file, and leaves open one without handlers', async () => {
    expect(await judge(typescriptHandler({ body: 'return String(args.path)' }))).toMatchObject({ status: 'pass' })
    const none = await judge({ 'package.json': '{"name":"a","bin":"a.js"}', 'a.js': 'fetch("https://a.example")' })
    expect(none.status).toBe('unknown')
  })
})
