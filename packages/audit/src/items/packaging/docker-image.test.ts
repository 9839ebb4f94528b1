import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import dockerImage from './docker-image.ts'

const release = (steps: string, more = ''): Files => ({
  '.github/workflows/release.yml': `on: { push: { tags: ['v*'] } }\n${more}jobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n${steps.replaceAll(/^/gm, '      ')}\n`,
})
const readme = (image: string): Files => ({ 'README.md': `# Notes\n\n\`\`\`sh\ndocker run -i --rm ${image}\n\`\`\`\n` })
const judge = (files: Files) =>
  judgeFiles(dockerImage, {
    Dockerfile: 'FROM scratch\n',
    'pyproject.toml': '[project]\nname = "notes-mcp"\n',
    ...files,
  })
const push = (tags: string) => `- uses: docker/build-push-action@v6\n  with: { push: true, tags: "${tags}" }`

describe('docker-image', () => {
  it.each<[string, Files]>([
    ['a name', { ...release(push('ghcr.io/acme/notes-mcp:1')), ...readme('ghcr.io/acme/notes-mcp:1.0') }],
    [
      'the repository’s name',
      { ...release(push('ghcr.io/${{ github.repository }}:1')), ...readme('ghcr.io/acme/notes-mcp') },
    ],
    [
      'names from the environment',
      {
        ...release(push('${{ env.HOST }}/${{ env.NAME }}:1'), 'env: { HOST: docker.io, NAME: acme/notes-mcp }\n'),
        ...readme('acme/notes-mcp:latest'),
      },
    ],
    [
      'commands',
      {
        ...release('- run: |\n    docker buildx build -t quay.io/acme/notes-mcp:1 --push .'),
        ...readme('quay.io/acme/notes-mcp'),
      },
    ],
    [
      'a name in outputs',
      {
        ...release(
          '- uses: docker/build-push-action@v6\n  with: { outputs: "type=image,name=${{ env.NAME }},push-by-digest=true,push=true" }',
          'env: { NAME: ghcr.io/acme/notes-mcp }\n',
        ),
        ...readme('ghcr.io/acme/notes-mcp'),
      },
    ],
    [
      'what metadata-action makes',
      {
        ...release(
          `- id: meta\n  uses: docker/metadata-action@v5\n  with: { images: ghcr.io/acme/notes-mcp }\n${push('${{ steps.meta.outputs.tags }}')}`,
        ),
        ...readme('ghcr.io/acme/notes-mcp'),
      },
    ],
    [
      'a name in the entry of a client',
      {
        ...release(push('ghcr.io/acme/notes-mcp:1')),
        'README.md': '```json\n{"command":"docker","args":["run","-i","--rm","ghcr.io/acme/notes-mcp"]}\n```\n',
      },
    ],
    [
      'a name in a Compose file of the documents',
      {
        ...release(push('${{ steps.prepare.outputs.tags }}')),
        'docs/install.md': '```yaml\nservices:\n  notes:\n    image: acme/notes-mcp:1\n```\n',
      },
    ],
    [
      'what the registry of Microsoft serves under its own name',
      { ...release(push('notes.azurecr.io/public/acme/notes-mcp:1')), ...readme('mcr.microsoft.com/acme/notes-mcp') },
    ],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files]>([
    ['no workflow', readme('ghcr.io/acme/notes-mcp')],
    [
      'an image that is built and stays',
      { ...release('- run: docker build -t acme/notes-mcp .'), ...readme('acme/notes-mcp') },
    ],
    [
      'push: false',
      { ...release(push('acme/notes-mcp').replace('push: true', 'push: false')), ...readme('acme/notes-mcp') },
    ],
    ['no name in the documents', release(push('ghcr.io/acme/notes-mcp'))],
    [
      'another name in the documents',
      { ...release(push('ghcr.io/acme/notes-mcp')), ...readme('ghcr.io/acme/mcp-notes') },
    ],
    [
      'a job that never runs',
      {
        ...release(push('acme/notes-mcp').replace('- uses', "- if: github.ref == 'refs/heads/main'\n  uses")),
        ...readme('acme/notes-mcp'),
      },
    ],
  ])('fails %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'fail' })
  })

  it('fails a push without a Dockerfile to build from', async () => {
    const files = {
      'package.json': '{"name":"notes-mcp"}',
      ...release(push('acme/notes-mcp')),
      ...readme('acme/notes-mcp'),
    }
    expect(await judgeFiles(dockerImage, files)).toMatchObject({ status: 'fail' })
  })

  it('is unknown when an action of others pushes it', async () => {
    const files = { ...release('- uses: acme/shared/docker-build-push-image@v1'), ...readme('acme/notes-mcp') }
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })

  it('is unknown when the catalogue of Docker builds it', async () => {
    expect(await judge(readme('mcp/notes'))).toMatchObject({ status: 'unknown' })
  })
})
