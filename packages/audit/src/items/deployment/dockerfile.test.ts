import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import dockerfile from './dockerfile.ts'

const good = `FROM node:22-slim AS build
COPY . .
FROM node:22-slim
COPY --from=build /app /app
USER node
CMD ["node", "server.js"]
`
const judge = (text: string, ignore: Record<string, string> = { '.dockerignore': 'node_modules' }) =>
  judgeFiles(dockerfile, { Dockerfile: text, ...ignore })

describe('dockerfile', () => {
  it('passes a pinned, non-root image', async () => {
    expect(await judge(good)).toMatchObject({ status: 'pass', proof: 'repository' })
  })

  it('passes a user inherited from an earlier stage', async () => {
    expect(await judge('FROM node:22 AS base\nUSER node\nFROM base\nCMD x')).toMatchObject({ status: 'pass' })
  })

  it('does not take a copy between stages for a copy of the directory', async () => {
    expect(await judge(good.replace('COPY . .', 'COPY src src').replace('/app /app', '. .'), {})).toMatchObject({
      status: 'pass',
    })
  })

  it.each([
    ['an untagged base', good.replaceAll('node:22-slim', 'node')],
    ['latest', good.replaceAll('22-slim', 'latest')],
    ['root', good.replace('USER node', 'USER root')],
    ['no user', good.replace('USER node\n', '')],
    ['a secret', good.replace('USER node', 'ENV API_KEY=abc123\nUSER node')],
  ])('fails with %s', async (_, text) => {
    expect(await judge(text)).toMatchObject({ status: 'fail' })
  })

  it('fails when everything is copied without a .dockerignore', async () => {
    expect(await judge(good, {})).toMatchObject({ status: 'fail' })
  })

  it('fails without a Dockerfile', async () => {
    expect(await judgeFiles(dockerfile, { 'package.json': '{}' })).toMatchObject({ status: 'fail' })
  })
})
