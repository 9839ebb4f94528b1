import { describe, expect, it } from 'vitest'
import type { Item } from '../../core/item.ts'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import pathTraversal from './path-traversal.ts'
import sqlInjection from './sql-injection.ts'
import ssrf from './ssrf.ts'

type Case = [what: string, item: Item, body: string]

describe('texts that have to end in a certain way, in TypeScript', () => {
  const before = `import { readFileSync } from 'node:fs'
import { extname, join, resolve, sep } from 'node:path'
const allowed = new Set(['.txt', '.md'])`
  const status = async (item: Item, body: string): Promise<string> =>
    (await judgeFiles(item, typescriptHandler({ before, takes: '{ name: z.string() }', body }))).status

  it.each<Case>([
    [
      'an ending',
      pathTraversal,
      `if (!args.name.endsWith('.md')) throw new Error('no')\nreturn readFileSync(join('/srv/notes', args.name), 'utf8')`,
    ],
    [
      'an extension',
      pathTraversal,
      `if (extname(args.name) !== '.md') throw new Error('no')\nreturn readFileSync(join('/srv/notes', args.name), 'utf8')`,
    ],
    [
      'one of several extensions',
      pathTraversal,
      `if (!allowed.has(extname(args.name).toLowerCase())) throw new Error('no')
return readFileSync(join('/srv/notes', args.name), 'utf8')`,
    ],
    [
      'a pattern with an ending',
      pathTraversal,
      `if (!/\\.(md|txt)$/i.test(args.name)) throw new Error('no')\nreturn readFileSync(join('/srv/notes', args.name), 'utf8')`,
    ],
    ['a branch for what ends so', ssrf, `if (args.name.endsWith('.pdf')) return fetch(args.name)\nreturn 'no'`],
    [
      'a word in the path',
      ssrf,
      `if (new URL(args.name).pathname.includes('sitemap')) return fetch(args.name)\nreturn 'no'`,
    ],
  ])('fails: %s', async (_, item, body) => expect(await status(item, body)).toBe('fail'))

  it.each<Case>([
    [
      'an ending and the folder',
      pathTraversal,
      `const whole = resolve('/srv/package/notes', args.name)
if (!args.name.endsWith('.md') || !whole.startsWith('/srv/package/notes' + sep)) throw new Error('no')
return whole.length`,
    ],
    [
      'an ending and letters alone',
      pathTraversal,
      `if (!/^[a-z]+\\.md$/.test(args.name)) throw new Error('no')\nreturn readFileSync(join('/var/lib/notes', args.name), 'utf8')`,
    ],
    [
      'the ending of a host, behind a dot',
      ssrf,
      `if (!new URL(args.name).hostname.endsWith('.example.com')) throw new Error('no')\nreturn (await fetch(args.name)).text()`,
    ],
  ])('does not fail: %s', async (_, item, body) => expect(await status(item, body)).not.toBe('fail'))
})

describe('texts that have to end in a certain way, in Python', () => {
  const before = `import os
import re
import requests
from pathlib import Path
from urllib.parse import urlparse
from neo4j import AsyncGraphDatabase

def is_sitemap(url: str) -> bool:
    return url.endswith("sitemap.xml") or "sitemap" in urlparse(url).path`
  const status = async (item: Item, body: string): Promise<string> =>
    (await judgeFiles(item, pythonHandler({ before, takes: 'name: str', body }))).status

  it.each<Case>([
    [
      'an ending',
      pathTraversal,
      'if not os.path.exists(name):\n    return "none"\nif not name.endswith(".py"):\n    return "no"\nreturn open(name).read()',
    ],
    [
      'a suffix',
      pathTraversal,
      'if Path(name).suffix not in {".txt", ".md"}:\n    raise ValueError("no")\nreturn open(name).read()',
    ],
    [
      'what is split off',
      pathTraversal,
      'if os.path.splitext(name)[1].lower() != ".md":\n    raise ValueError("no")\nreturn open(name).read()',
    ],
    [
      'a pattern with an ending',
      pathTraversal,
      'if not re.search(r"\\.md$", name):\n    raise ValueError("no")\nreturn open(name).read()',
    ],
    ['a word in the path', ssrf, 'if is_sitemap(name):\n    return requests.get(name).text\nreturn "no"'],
  ])('fails: %s', async (_, item, body) => expect(await status(item, body)).toBe('fail'))

  it('does not fail with an ending and letters alone', async () => {
    const body =
      'if not re.fullmatch(r"[a-z]+\\.md", name):\n    raise ValueError("no")\nreturn open("/var/lib/notes/" + name).read()'
    expect(await status(pathTraversal, body)).not.toBe('fail')
  })

  it('leaves open what a whole query in another language changes', async () => {
    const body = 'driver = AsyncGraphDatabase.driver("bolt://localhost")\nreturn driver.session().run(name)'
    expect(await status(sqlInjection, body)).toBe('unknown')
  })
})
