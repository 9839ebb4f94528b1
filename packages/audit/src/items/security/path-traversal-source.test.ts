import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
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

const python = `import os
from pathlib import Path
ROOT = Path(os.environ["ROOT"]).resolve()`

describe('paths in Python', () => {
  it.each<[string, string, string?]>([
    ['no check', 'return open(path).read()'],
    ['a division', 'return (ROOT / path).read_text()'],
    ['a join', 'with open(os.path.join("/srv/data", path)) as file:\n    return file.read()'],
    [
      'a prefix without a separator',
      'full = os.path.realpath(os.path.join("/srv/data", path))\nif not full.startswith("/srv/data"):\n    raise ValueError("outside")\nreturn open(full).read()',
    ],
    [
      'a check that does not follow links',
      'full = os.path.abspath(os.path.join(str(ROOT), path))\nif os.path.commonpath([full, str(ROOT)]) != str(ROOT):\n    raise ValueError("outside")\nreturn open(full).read()',
    ],
    [
      'a handler that goes on',
      'full = (ROOT / path).resolve()\ntry:\n    full.relative_to(ROOT)\nexcept ValueError:\n    print("outside")\nreturn full.read_text()',
    ],
    [
      'a method of a class',
      'return Store(ROOT).load(path)',
      'class Store:\n    def __init__(self, root):\n        self.root = root\n    def load(self, name):\n        return (self.root / name).read_text()',
    ],
    [
      'a model',
      'return open(path.name).read()',
      'from pydantic import BaseModel\nclass Wanted(BaseModel):\n    name: str',
    ],
  ])('fails with %s', async (what, body, before = '') => {
    const takes = what === 'a model' ? 'path: Wanted' : 'path: str'
    const result = await judge(pythonHandler({ before: `${python}\n${before}`, body, takes }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each<[string, string, string?]>([
    [
      'is_relative_to',
      'full = (ROOT / path).resolve()\nif not full.is_relative_to(ROOT):\n    raise ValueError("outside")\nreturn full.read_text()',
    ],
    [
      'relative_to',
      'full = (ROOT / path).resolve()\ntry:\n    full.relative_to(ROOT)\nexcept ValueError:\n    return "outside"\nreturn full.read_text()',
    ],
    [
      'parents',
      'full = (ROOT / path).resolve()\nif ROOT not in full.parents:\n    raise ValueError("outside")\nreturn full.read_text()',
    ],
    [
      'commonpath of real paths',
      'root = os.path.realpath(str(ROOT))\nfull = os.path.realpath(os.path.join(root, path))\nif os.path.commonpath([root, full]) != root:\n    raise ValueError("outside")\nreturn open(full).read()',
    ],
    ['the last part of the name', 'return open(os.path.join("/srv/data", os.path.basename(path))).read()'],
    [
      'a pattern',
      'import re\nif not re.fullmatch(r"[a-z0-9-]+", path):\n    raise ValueError("no")\nreturn Path("/srv/data", path + ".md").read_text()',
    ],
    [
      'a function that raises',
      'return inside(path).read_text()',
      'def inside(name):\n    full = (ROOT / name).resolve()\n    if not full.is_relative_to(ROOT):\n        raise PermissionError(name)\n    return full',
    ],
    ['a table', 'return Path(FILES[path]).read_text()', 'FILES = {"a": "/srv/a.md"}'],
    ['an assertion', 'full = (ROOT / path).resolve()\nassert full.is_relative_to(ROOT)\nreturn full.read_text()'],
  ])('passes with %s', async (_, body, before = '') => {
    const result = await judge(pythonHandler({ before: `${python}\n${before}`, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('takes types at their word', async () => {
    const before = `${python}\nfrom typing import Annotated, Literal\nfrom enum import Enum\nfrom pydantic import Field\nclass Kind(str, Enum):\n    A = "a"\nName = Annotated[str, Field(pattern=r"^[a-z]+$")]`
    const body = 'return open(f"/srv/data/{path}").read()'
    for (const type of [
      'int',
      'Literal["a", "b"]',
      'Kind',
      'Name',
      'int | None',
      'Annotated[str, Field(pattern="^[a-z]+$")]',
    ])
      expect(await judge(pythonHandler({ before, takes: `path: ${type}`, body })), type).toMatchObject({
        status: 'pass',
      })
    expect(await judge(pythonHandler({ before, takes: 'path: str | None', body }))).toMatchObject({ status: 'fail' })
  })
})

describe('a check of paths as they are written', () => {
  const status = async (files: Files): Promise<string | undefined> => (await judge(files)).status
  /** What another package makes of the path cannot be followed. */
  const ts = (compared: string, more = ''): Files =>
    typescriptHandler({
      before: `import path from 'node:path'
import fs from 'node:fs/promises'
import { extended } from 'some-package'
const root = process.env.ROOT
const check = async (given: string) => {
  ${compared}
}
${more}`,
      body: `await check(args.path)\nconst file = extended(args.path)\nawait fs.writeFile(file, 'x')\nreturn { content: [] }`,
    })
  const lexical = `const whole = path.resolve(given)
  if (whole !== root && !whole.startsWith(root + path.sep)) throw new Error('outside')`
  const py = (compared: string): Files =>
    pythonHandler({
      before: `import os
from some_package import extended
ROOT = os.environ["ROOT"]

def check(given: str) -> None:
    ${compared}
    if not whole.startswith(ROOT + os.sep):
        raise ValueError("outside")`,
      body: 'check(path)\n    with open(extended(path), "w") as file:\n        file.write("x")\n    return "done"',
    })

  it('fails where nothing asks for links', async () => {
    expect(await status(ts(lexical))).toBe('fail')
    expect(await status(py('whole = os.path.abspath(given)'))).toBe('fail')
  })

  it.each<[string, Files]>([
    ['the real path is compared', ts(lexical.replace('path.resolve(given)', 'await fs.realpath(given)'))],
    ['links are asked for elsewhere', ts(lexical, 'export const real = async (name: string) => fs.realpath(name)')],
    ['links are asked for by another name', ts(lexical, `import { realpathSync as real } from 'node:fs'`)],
    [
      'it is no path',
      ts(`const whole = given.toLowerCase()\n  if (!whole.startsWith(root + '/')) throw new Error('no')`),
    ],
    ['nothing is refused', ts(lexical.replace(`throw new Error('outside')`, `console.error('outside')`))],
    ['the real path is compared in Python', py('whole = os.path.realpath(given)')],
  ])('is undecided where %s', async (_, files) => expect(await status(files)).toBe('unknown'))
})
