import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import { repositoryProfile } from './repository-profile.ts'

describe('repository-profile', () => {
  it.each([
    ['a documented HTTP entry', { 'README.md': '# Notes\n\n    { "url": "http://localhost:3000/mcp" }\n' }],
    [
      'an image that serves HTTP',
      { Dockerfile: 'FROM python:3.12\nCMD ["notes", "--transport", "streamable-http"]\n' },
    ],
    ['an image with a port', { Dockerfile: 'FROM node:22\nEXPOSE 3000\nCMD ["node", "server.js"]\n' }],
  ])('takes %s for a service', async (_, files) => {
    expect(await gathered(repositoryProfile, files)).toEqual({ profile: 'service' })
  })

  it.each([
    ['nothing', { 'README.md': '# Notes\n\nSee http://localhost:3000/docs.\n' }],
    ['what contributors connect to', { 'CONTRIBUTING.md': '# Notes\n\nConnect to `http://localhost:8000/mcp`.\n' }],
    [
      'a bridge that another program makes',
      {
        'README.md':
          '# Notes\n\n```sh\nbridge --transport http --port 8080 -- npx -y notes-mcp\n```\n\n- URL: `http://127.0.0.1:8080/mcp`\n',
      },
    ],
    ['an image for stdio', { Dockerfile: 'FROM node:22\nCMD ["node", "server.js"]\n' }],
  ])('takes %s for a local server', async (_, files) => {
    expect(await gathered(repositoryProfile, files)).toEqual({ profile: 'local' })
  })

  it('lets the settings decide', async () => {
    expect(await gathered(repositoryProfile, {}, { profile: 'complete' })).toEqual({ profile: 'complete' })
  })
})
