import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './env-only-config.ts'

type Files = Record<string, string>
const ts = (source: string, extra: Files = {}): Files => ({
  'package.json': '{"name":"a"}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/server'\n${source}\n`,
  ...extra,
})
const py = (source: string, extra: Files = {}): Files => ({
  'pyproject.toml': '[project]\nname = "a"\n',
  'src/a/server.py': `import os\nfrom fastmcp import FastMCP\n${source}\n`,
  ...extra,
})

describe('env-only-config', () => {
  it.each<[string, Files]>([
    [
      'a base from the environment',
      ts(
        "const BASE = process.env.A_URL ?? 'https://api.a.test'\nexport const get = (id: string) => fetch(`${BASE}/notes/${id}`)",
      ),
    ],
    [
      'a field that options are put into',
      ts(
        "import { createServer } from 'node:http'\nimport { program } from 'commander'\nconst state = { port: 8080 }\nstate.port = program.opts().port\ncreateServer().listen(state.port)\nexport const get = () => fetch(process.env.A_URL ?? '')",
      ),
    ],
    [
      'a field that the environment is put into',
      py(
        'import httpx\nmcp = FastMCP("a")\nconfig = {"port": 8000}\nconfig["port"] = int(os.getenv("PORT", config["port"]))\nmcp.run(transport="http", port=config["port"])\n',
      ),
    ],
    [
      'the token of a pod',
      ts(
        "import { readFileSync } from 'node:fs'\nreadFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token')\nexport const get = () => fetch(process.env.A_URL ?? '')",
      ),
    ],
    [
      'an address made of it',
      ts(
        "const base = new URL(process.env.A_URL || 'https://api.a.test')\nexport const get = (id: string) => fetch(new URL(`notes/${id}`, base).toString())",
      ),
    ],
    [
      'a client with a base',
      ts(
        "import axios from 'axios'\nclass Api {\n  private readonly baseUrl: string\n  constructor(options: { url?: string } = {}) {\n    this.baseUrl = options.url ?? 'https://api.a.test'\n  }\n  get(path: string) {\n    return axios.get(`${this.baseUrl}${path}`)\n  }\n}\nexport const api = new Api({ url: process.env.A_URL })\nexport const go = () => api.get('/notes')",
      ),
    ],
    [
      'a port of an option',
      ts(
        "import { parseArgs } from 'node:util'\nimport { createServer } from 'node:http'\nconst { values } = parseArgs({ options: { port: { type: 'string', default: '3000' } } })\ncreateServer().listen(Number(values.port), '127.0.0.1')",
      ),
    ],
    [
      'any free port beside a setting',
      ts("import { createServer } from 'node:http'\ncreateServer().listen(Number(process.env.A_PORT ?? 0))"),
    ],
    ['a host from the environment', ts('export const get = () => fetch(`https://${process.env.A_HOST}/v1`)')],
    [
      'getenv',
      py(
        'import httpx\nBASE = os.getenv("A_URL", "https://api.a.test").rstrip("/")\nasync def get(path):\n    async with httpx.AsyncClient(base_url=BASE) as client:\n        return await client.get(f"/notes/{path}")\n',
      ),
    ],
    [
      'a wrapper that others call',
      py(
        'import requests\nBASE = os.environ.get("A_URL", "https://api.a.test")\ndef fetch(url):\n    return requests.get(url)\ndef notes(id):\n    return fetch(f"{BASE}/notes/{id}")\n',
      ),
    ],
    [
      'a port of argparse',
      py(
        'import argparse\nimport uvicorn\nparser = argparse.ArgumentParser()\nparser.add_argument("--port", type=int, default=8000)\nargs = parser.parse_args()\nuvicorn.run("a:app", port=args.port)\n',
      ),
    ],
    [
      'a folder from the environment',
      py(
        'from pathlib import Path\nDATA = Path(os.environ.get("A_DATA", "/var/lib/a"))\nhost = os.environ["A_URL"]\nimport requests\nrequests.get(host)\n',
      ),
    ],
  ])('passes with %s', async (_, files) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, verdicts]).toEqual(['pass', verdicts])
  })

  it.each<[string, Files, string]>([
    [
      'a host',
      ts("const BASE = 'https://api.a.test/v1'\nexport const get = (id: string) => fetch(`${BASE}/notes/${id}`)"),
      'the host https://api.a.test of fetch',
    ],
    [
      'a host beside an unused setting',
      ts(
        'const unused = process.env.A_URL\nexport const get = (id: string) => fetch(`https://api.a.test/notes/${id}?unused=${unused}`)',
      ),
      'the host https://api.a.test of fetch',
    ],
    [
      'a host behind a function',
      ts(
        "const BASE = 'https://api.a.test'\nconst ask = (url: string) => fetch(url)\nexport const get = (id: string) => ask(`${BASE}/notes/${id}`)",
      ),
      'the host https://api.a.test of fetch',
    ],
    [
      'a port',
      ts("import { createServer } from 'node:http'\nconst PORT = 3000\ncreateServer().listen(PORT, () => {})"),
      'the port 3000',
    ],
    [
      'a path',
      ts("import { readFile } from 'node:fs/promises'\nexport const read = () => readFile('/home/ada/notes/a.md')"),
      'the path /home/ada/notes/a.md',
    ],
    [
      'a base of Python',
      py(
        'import httpx\nasync def get(path):\n    async with httpx.AsyncClient(base_url="https://api.a.test") as client:\n        return await client.get(path)\n',
      ),
      'the host https://api.a.test of httpx.AsyncClient',
    ],
    ['a port of Python', py('mcp = FastMCP("a")\nmcp.run(transport="http", port=8000)\n'), 'the port 8000'],
    [
      'a path of Python',
      py('def read(name):\n    with open(f"/var/lib/a/{name}") as file:\n        return file.read()\n'),
      'the path /var/lib/a/',
    ],
  ])('fails with %s', async (_, files, saw) => {
    const { status, verdicts } = await judgeFiles(item, files)
    expect([status, JSON.stringify(verdicts)]).toEqual(['fail', expect.stringContaining(saw)])
  })

  it.each<[string, Files, string]>([
    [
      'a field of the same name in another record',
      ts(
        "import { createServer } from 'node:http'\nconst state = { port: 8080 }\nconst other = { port: 0 }\nother.port = Number(process.env.PORT)\ncreateServer().listen(state.port)",
      ),
      'unknown',
    ],
    [
      'nothing outside',
      ts(
        "import { readFile } from 'node:fs/promises'\nexport const read = (name: string) => readFile(name)\nconst SCHEMA = 'https://json-schema.org/draft'",
      ),
      'not-applicable',
    ],
    [
      'what is the same on every machine',
      py('def name():\n    return open("/etc/os-release").read() + open("/dev/null").read()\n'),
      'not-applicable',
    ],
    [
      'an address from elsewhere',
      ts("import { base } from 'addresses-of-others'\nexport const get = () => fetch(base)"),
      'unknown',
    ],
    [
      'a port that the starting file of the package decides',
      py(
        'mcp = FastMCP("a")\nasync def main(port: int = 8000):\n    await mcp.run_http_async(port=port)\nif __name__ == "__main__":\n    main()\n',
        {
          'src/a/__init__.py':
            'import asyncio\nfrom . import server\nfrom .rest import settings\ndef main():\n    asyncio.run(server.main(**settings()))\n',
        },
      ),
      'unknown',
    ],
    [
      'a port that a starting file decides under another name',
      py(
        'mcp = FastMCP("a")\nasync def main(port: int = 8000):\n    await mcp.run_http_async(port=port)\nif __name__ == "__main__":\n    main()\n',
        { 'src/a/cli.py': 'from a.server import main as serve\nfrom rest import settings\nserve(settings())\n' },
      ),
      'unknown',
    ],
    ['another language', { 'main.go': 'package main' }, 'unknown'],
  ])('says why with %s', async (_, files, status) => {
    const result = await judgeFiles(item, files)
    expect([result.status, result.verdicts]).toEqual([status, result.verdicts])
  })

  it.each<[string, Files]>([
    [
      'a function',
      ts("import { base } from './config.js'\nexport const get = (id: string) => fetch(`${base}/notes/${id}`)", {
        'src/config.ts':
          "const baseOf = () => {\n  let url = 'https://api.a.test'\n  if (process.env.SANDBOX == 'true') {\n    url = 'https://sandbox.a.test'\n  }\n  return url\n}\nexport const base = baseOf()",
      }),
    ],
    [
      'a choice',
      ts(
        "const base = process.env.SANDBOX === 'true' ? 'https://sandbox.a.test' : 'https://api.a.test'\nexport const get = (id: string) => fetch(`${base}/notes/${id}`)",
      ),
    ],
  ])('leaves open what a setting takes out of the source by %s', async (_, files) => {
    const result = await judgeFiles(item, files)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(result.verdicts)).toContain('takes one of the hosts')
  })

  it('fails hosts that only the source chooses between', async () => {
    const source =
      "let base = 'https://api.a.test'\nif (new Date().getHours() > 12) base = 'https://late.a.test'\nexport const get = (id: string) => fetch(`${base}/notes/${id}`)"
    expect(await judgeFiles(item, ts(source))).toMatchObject({ status: 'fail' })
  })
})
