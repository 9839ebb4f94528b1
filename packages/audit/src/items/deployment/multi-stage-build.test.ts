import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import multiStageBuild from './multi-stage-build.ts'

const judge = (Dockerfile: string, more: Files = {}) => judgeFiles(multiStageBuild, { Dockerfile, ...more })

const node =
  'FROM node:22 AS build\nCOPY . .\nRUN npm ci && npm run build\nFROM node:22-slim\nCOPY --from=build /app/dist ./dist\nCMD ["node", "dist/index.js"]\n'
const python =
  'FROM python:3.12 AS base\nFROM base AS build\nRUN uv sync\nFROM base\nRUN --mount=from=build,source=/app/.venv,target=/v cp -a /v /app/.venv\n'

describe('multi-stage-build', () => {
  it.each([
    ['what was built in a stage before', node],
    ['a mount of a stage', python],
    ['a stage by its number', node.replace(' AS build', '').replace('--from=build', '--from=0')],
    ['a stage in other letters', node.replace('AS build', 'as Build')],
    ['a copy in the stage that it inherits from', `${node.replace('slim', 'slim AS run')}FROM run\nUSER node\n`],
  ])('passes %s', async (_, text) => {
    expect(await judge(text)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['one stage', 'FROM node:22\nCOPY . .\nRUN npm ci\n'],
    ['a stage from which nothing is taken', node.replace('COPY --from=build /app/dist ./dist', 'RUN npm ci')],
    ['a copy out of another image', 'FROM python:3.12\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\nRUN uv sync\n'],
    ['the stage that builds', 'FROM node:22 AS build\nRUN npm ci\nFROM build\nCMD ["node", "."]\n'],
    ['a copy in a comment', 'FROM node:22 AS build\nFROM node:22\n# COPY --from=build /app /app\nRUN npm ci\n'],
  ])('fails %s', async (_, text) => {
    expect(await judge(text)).toMatchObject({ status: 'fail' })
  })

  it('judges the stage that the workflow publishes', async () => {
    const workflow = `on: { push: { tags: ['v*'] } }
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@v6
        with: { push: true, target: build, tags: acme/notes }
`
    expect(await judge(node, { '.github/workflows/r.yml': workflow })).toMatchObject({ status: 'fail' })
  })

  it('does not concern an image that only copies, nor a repository without one', async () => {
    expect(await judge('FROM scratch\nCOPY notes /\nENTRYPOINT ["/notes"]\n')).toMatchObject({
      status: 'not-applicable',
    })
    expect(await judgeFiles(multiStageBuild, { 'go.mod': '' })).toMatchObject({ status: 'not-applicable' })
  })
})
