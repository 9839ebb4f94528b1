import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import containerHealth from './container-health.ts'

const typescript: Files = {
  'package.json': '{"name":"notes-mcp","dependencies":{"@modelcontextprotocol/sdk":"1"}}',
  'src/index.ts': `import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import express from 'express'
const app = express()
app.get('/healthz', (_, response) => response.send('ok'))
app.post('/mcp', () => {})
app.listen(3000)
// app.get('/health')
`,
}
const python: Files = {
  'pyproject.toml': '[project]\nname = "notes-mcp"\ndependencies = ["fastmcp"]\n',
  'src/main.py': `from fastmcp import FastMCP
mcp = FastMCP("notes")

@mcp.custom_route("/healthz", methods=["GET"])
async def health(request):
    return PlainTextResponse("ok")
`,
}
const image = (health: string): Files => ({ Dockerfile: `FROM node:22\nEXPOSE 3000\n${health}\nCMD ["node", "."]\n` })

describe.each([
  ['typescript', typescript],
  ['python', python],
])('container-health in %s', (_language, code) => {
  const judge = (files: Files) => judgeFiles(containerHealth, { ...code, ...files })

  it.each([
    ['curl', 'HEALTHCHECK CMD curl -fsS http://localhost:3000/healthz || exit 1'],
    ['wget', 'HEALTHCHECK --interval=5s CMD wget -q --spider localhost:3000/healthz'],
    [
      'fetch',
      'HEALTHCHECK CMD ["node", "-e", "fetch(\'http://127.0.0.1:3000/healthz\').then(r => process.exit(r.ok ? 0 : 1))"]',
    ],
    [
      'urllib',
      'HEALTHCHECK CMD python -c "import urllib.request; urllib.request.urlopen(\'http://127.0.0.1:3000/healthz\')"',
    ],
    ['a port from the environment', 'ENV PORT=3000\nHEALTHCHECK CMD curl -f "http://localhost:${PORT}/healthz"'],
    ['a path below a prefix', 'HEALTHCHECK CMD curl --fail http://localhost:3000/api/healthz'],
  ])('passes %s', async (_, health) => {
    expect(await judge(image(health))).toMatchObject({ status: 'pass' })
  })

  it('passes a probe of Kubernetes instead', async () => {
    const files = {
      'k8s/deployment.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: notes-mcp }\nspec: { template: { spec: { containers: [{ name: notes-mcp, image: a/notes-mcp, ports: [{ containerPort: 3000, name: http }], readinessProbe: { httpGet: { path: /healthz, port: http } } }] } } }\n',
    }
    expect(await judge({ ...image(''), ...files })).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no check', ''],
    ['one that is switched off', 'HEALTHCHECK NONE'],
    ['a path that is only in a comment', 'HEALTHCHECK CMD curl -f http://localhost:3000/health'],
    ['another port', 'HEALTHCHECK CMD curl -f http://localhost:8080/healthz'],
    ['the path of the protocol', 'HEALTHCHECK CMD curl -f http://localhost:3000/messages'],
    ['a port that is open', 'HEALTHCHECK CMD nc -z localhost 3000'],
    ['a program that exists', 'HEALTHCHECK CMD node --version'],
    ['any answer', 'HEALTHCHECK CMD curl http://localhost:3000/healthz'],
    [
      'an answer of which the status is not read',
      'HEALTHCHECK CMD ["node", "-e", "fetch(\'http://localhost:3000/healthz\')"]',
    ],
  ])('fails %s', async (_, health) => {
    expect(await judge(image(health))).toMatchObject({ status: 'fail' })
  })

  it('is unknown for a program of its own', async () => {
    expect(await judge(image('HEALTHCHECK CMD ["node", "healthcheck.js"]'))).toMatchObject({ status: 'unknown' })
  })

  it('does not concern an image that serves stdio', async () => {
    expect(await judge({ Dockerfile: 'FROM node:22\nCMD ["node", "."]\n' })).toMatchObject({ status: 'not-applicable' })
  })
})

describe('container-health', () => {
  it('is unknown where the code is not read', async () => {
    const files = { ...image('HEALTHCHECK CMD curl -f http://localhost:3000/healthz'), 'main.go': 'package main' }
    expect(await judgeFiles(containerHealth, files)).toMatchObject({ status: 'unknown' })
  })
})
