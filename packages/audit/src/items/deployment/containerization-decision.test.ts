import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import containerizationDecision from './containerization-decision.ts'

const judge = (files: Files) =>
  judgeFiles(containerizationDecision, {
    'package.json': '{"name":"notes-mcp"}',
    '.gitignore': '',
    Dockerfile: 'FROM scratch\n',
    ...files,
  })

describe('containerization-decision', () => {
  it.each<[string, Files]>([
    [
      'a section',
      {
        'README.md':
          '# Notes\n\n## Docker or npx\n\nUse the Docker image when several people share the server. Do not use it if the notes are local files.\n',
      },
    ],
    [
      'a record outside of docs',
      {
        'adr/0003-docker.md':
          '# Run in containers\n\n## Decision\n\nWe deploy notes in a container because memory must be limited. On a desktop we decided against Docker, since it needs files.\n',
      },
    ],
    [
      'a condition before the advice',
      {
        'README.md':
          '# Notes\n\n## Docker\n\nIf several people share the server, run the Docker image. When notes are local, a container gets in the way.\n',
      },
    ],
    [
      'a sentence for each in a list',
      {
        'docs/deployment.md':
          '# Deployment\n\n- In production, run it in a container so that its memory is bounded.\n- For a single user a container is not worth it: stdio needs no port.\n',
      },
    ],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files]>([
    ['nothing', {}],
    ['only how', { 'README.md': '# Notes\n\n## Docker\n\n```sh\ndocker run -i acme/notes\n```\n' }],
    [
      'two ways without a word about which',
      {
        'README.md':
          '# Notes\n\n## Docker\n\nRun the image with this command:\n\n## Without Docker\n\nStart it with this command instead:\n',
      },
    ],
    [
      'only when',
      { 'README.md': '# Notes\n\n## Docker\n\nUse the Docker image when several people share the server.\n' },
    ],
    [
      'a setting for those who run one',
      {
        'README.md':
          '# Notes\n\n## Docker\n\nThis is necessary when running the server in a Docker container. Do not use Docker if the notes are local.\n',
      },
    ],
    [
      'advice on how to run one',
      {
        'README.md':
          '# Notes\n\n## Docker\n\nUse the Docker image when several people share it. Do not run the container as root, because it is dangerous.\n',
      },
    ],
    ['a comment', { 'README.md': '<!-- Use the Docker image when shared. Do not use Docker when local. -->\n' }],
  ])('fails %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'fail' })
  })

  it('is unknown in what was packed', async () => {
    const files = { 'package.json': '{"name":"notes-mcp"}', 'dist/index.js': '' }
    expect(await judgeFiles(containerizationDecision, files)).toMatchObject({ status: 'unknown' })
  })
})
