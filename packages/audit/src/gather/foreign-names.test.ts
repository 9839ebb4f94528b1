import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import type { Files } from '../testing/repositories.ts'
import { foreignNames } from './foreign-names.ts'

const look = async (files: Files): Promise<string[]> => (await gathered(foreignNames, files)).map(({ saw }) => saw)

const ts = (body: string, imports = ''): Files => ({
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { z } from 'zod'
${imports}
const ROOT = '/srv/data'
const server = new McpServer({ name: 'a', version: '1' })
server.registerTool('act', { inputSchema: { a: z.string() } }, async ({ a }) => {
${body}
  return { content: [] }
})`,
})
const py = (body: string, imports = ''): Files => ({
  'a/server.py': `import os
${imports}
from mcp.server.fastmcp import FastMCP
mcp = FastMCP("a")

@mcp.tool()
def act(a: str) -> str:
${body
  .split('\n')
  .map(line => `    ${line}`)
  .join('\n')}
    return a
`,
})

const asked = "const res = await fetch('https://a.test')\nconst issue = await res.json()"
const zip = 'const zip = new AdmZip(a)\nfor (const entry of zip.getEntries())'
const admZip = "import AdmZip from 'adm-zip'"
const answered = 'one = requests.get("https://a.test", timeout=5).json()'
const archive = 'import io\nimport requests\nimport tarfile'
const opened = 'tar = tarfile.open(fileobj=io.BytesIO(requests.get("https://a.test").content))'

describe('names that others give to files', () => {
  it.each<[string, Files, string]>([
    ['a title', ts(`${asked}\nfs.writeFileSync(\`\${ROOT}/\${issue.title}.md\`, issue.body)`), 'issue.title'],
    [
      'a header',
      ts(
        `${asked}\nconst name = /filename="(.+)"/.exec(res.headers.get('content-disposition') ?? '')?.[1] ?? 'a'\nfs.writeFileSync(path.join(ROOT, name), '')`,
      ),
      'content-disposition',
    ],
    ['an entry', ts(`${zip} fs.writeFileSync(path.join(ROOT, entry.entryName), entry.getData())`, admZip), 'entryName'],
    [
      'an attachment in Python',
      py(
        `${answered}\nwith open(os.path.join("/srv", one["filename"]), "wb") as f:\n    f.write(b"")`,
        'import requests',
      ),
      'one.filename',
    ],
    [
      'an entry in Python',
      py(
        'z = zipfile.ZipFile(a)\nfor name in z.namelist():\n    Path("/srv", name).write_bytes(z.read(name))',
        'import zipfile\nfrom pathlib import Path',
      ),
      'the name of an entry',
    ],
    ['an archive that is unpacked', py(`${opened}\ntar.extractall("/srv")`, archive), 'extractall'],
  ])('finds %s', async (_, files, what) => {
    expect(await look(files)).toEqual([expect.stringContaining(what)])
  })

  it.each<[string, Files]>([
    ['the last part of a title', ts(`${asked}\nfs.writeFileSync(path.join(ROOT, path.basename(issue.title)), '')`)],
    [
      'a title without slashes',
      ts(`${asked}\nfs.writeFileSync(path.join(ROOT, issue.title.replace(/\\W/g, '_')), '')`),
    ],
    [
      'a path that is held against its folder',
      ts(
        `${zip} {\nconst target = path.resolve(ROOT, entry.entryName)\nif (!target.startsWith(ROOT + path.sep)) throw new Error('outside')\nfs.writeFileSync(target, entry.getData())\n}`,
        admZip,
      ),
    ],
    [
      'a path that is checked elsewhere',
      ts(`${asked}\nconst target = path.join(ROOT, issue.title)\nassertInside(target)\nfs.writeFileSync(target, '')`),
    ],
    ['a content', ts(`${asked}\nfs.writeFileSync(path.join(ROOT, 'a.json'), issue.title)`)],
    ['an answer that is no name', ts(`${asked}\nfs.writeFileSync(path.join(ROOT, String(issue.id)), '')`)],
    ['an archive that is filtered', py(`${opened}\ntar.extractall("/srv", filter="data")`, archive)],
    ['an archive of its own', py('tar = tarfile.open("models.tar")\ntar.extractall("/srv")', 'import tarfile')],
    ['a file that is read', py(`${answered}\nwith open(one["path"]) as f:\n    f.read()`, 'import requests')],
  ])('finds nothing in %s', async (_, files) => {
    expect(await look(files)).toEqual([])
  })
})
