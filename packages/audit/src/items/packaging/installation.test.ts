import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './installation.ts'

const sh = (...lines: string[]): string => `# Notes\n\n## Install\n\n\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`
const client = (command: string, ...args: string[]): string =>
  `# Notes\n\n## Install\n\n\`\`\`json\n${JSON.stringify({ mcpServers: { notes: { command, args } } })}\n\`\`\`\n`
const node = (readme: string, changed: object = {}): Files => ({
  '.gitignore': 'dist',
  'package.json': JSON.stringify({
    name: '@ada/notes-mcp',
    bin: { 'notes-mcp': 'dist/index.js' },
    repository: 'github:ada/notes-mcp',
    scripts: { build: 'tsc', start: 'node dist/index.js' },
    ...changed,
  }),
  'README.md': readme,
})
const python = (readme: string, scripts = 'notes-mcp = "notes.cli:main"'): Files => ({
  'pyproject.toml': `[project]\nname = "notes-mcp"\n[project.scripts]\n${scripts}\n[project.urls]\nSource = "https://github.com/ada/notes-mcp"\n`,
  'src/notes/cli.py': 'def main(): ...\n',
  'README.md': readme,
})
const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(item, files)
  return { status, lines: verdicts[0]?.status, easy: verdicts[1]?.status, said: JSON.stringify(verdicts) }
}

describe('installation', () => {
  it.each<[string, Files]>([
    ['npx', node(sh('npx -y @ada/notes-mcp --http'))],
    ['npx with a version', node(sh('$ npx @ada/notes-mcp@latest'))],
    ['npx from the repository', node(sh('npx -y github:ada/notes-mcp'))],
    ['pnpm', node(sh('pnpm dlx @ada/notes-mcp'))],
    ['npm install', node(sh('npm install -g @ada/notes-mcp', 'notes-mcp'))],
    ['a client', node(client('npx', '-y', '@ada/notes-mcp'))],
    ['a client on Windows', node(client('cmd', '/c', 'npx', '-y', '@ada/notes-mcp'))],
    [
      'a piece of a configuration',
      python('# Notes\n\n## Usage\n\n```json\n"notes": {\n  "command": "uvx",\n  "args": ["notes-mcp"]\n}\n```\n'),
    ],
    ['claude mcp add', node(sh('claude mcp add notes -- npx -y @ada/notes-mcp'))],
    ['docker', node(sh('docker run -i --rm -e KEY=x ghcr.io/ada/notes-mcp:1'))],
    ['uvx', python(sh('uvx notes-mcp'))],
    ['uvx with extras', python(sh('uvx --from "notes-mcp[pdf]==1.0" notes-mcp'))],
    ['uvx from the repository', python(sh('uvx --from git+https://github.com/ada/notes-mcp notes-mcp'))],
    ['pip', python(sh('pip install notes_mcp'))],
    ['pipx', python(sh('pipx run notes-mcp'))],
    [
      'go install',
      { 'go.mod': 'module github.com/ada/notes\n', 'README.md': sh('go install github.com/ada/notes@latest') },
    ],
    [
      'other tools beside it',
      python(sh('pip install uv', 'uvx notes-mcp', 'npx @modelcontextprotocol/inspector uvx notes-mcp')),
    ],
  ])('accepts %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass', lines: 'pass', easy: 'pass' })
  })

  it.each<[string, Files, string]>([
    ['no README', { 'package.json': '{ "name": "x" }' }, 'no README'],
    ['no line', node('# Notes\n\nInstall it with npx notes-mcp.\n'), 'no line that installs'],
    ['lines for developers alone', node('# Notes\n\n## Development\n\n```sh\nnpm ci\nnpm run build\n```\n'), 'no line'],
    ['another package', node(sh('npx -y other-notes')), 'not this package'],
    ['another package of Python', python(sh('uvx other-notes')), 'not this package'],
    ['a private package', node(sh('npx -y @ada/notes-mcp'), { private: true }), 'is private'],
    ['a package without a command', node(sh('npx -y @ada/notes-mcp'), { bin: undefined }), 'has no bin'],
    ['the command instead of the package', node(sh('npx -y notes-mcp')), 'the package is called @ada/notes-mcp'],
    ['a command that does not exist', python(sh('uvx --from notes-mcp notes')), 'has no command notes'],
    ['no command at all', python(sh('uvx notes-mcp'), ''), 'no command in [project.scripts]'],
    ['a script that is not there', node(sh('npx @ada/notes-mcp', 'npm run setup')), 'npm run setup'],
  ])('fails %s', async (_, files, reason) => {
    const { lines, said } = await judge(files)
    expect(lines).toBe('fail')
    expect(said).toContain(reason)
  })

  it('takes the command of a product for one of its own', async () => {
    const { lines } = await judge(node(sh('npx -y @ada/notes-mcp', 'npx notes@latest init')))
    expect(lines).toBe('pass')
  })

  it('looks for tasks where they are called, also from a document below', async () => {
    const files = {
      ...python(sh('uvx notes-mcp', 'just check')),
      justfile:
        'check:\n    just --justfile tools/justfile --working-directory tools check\n\ninstall-all:\n    uv sync\n',
      'tools/justfile': 'check:\n    ruff check\n',
      'tools/docs/install.md': sh('just install-all'),
    }
    expect(await judge(files)).toMatchObject({ lines: 'pass' })
  })

  it('tells when there is no way in one step', async () => {
    const byHand = ['git clone https://github.com/ada/notes-mcp', 'npm install', 'npm run build', 'node dist/index.js']
    expect(await judge(node(sh(...byHand)))).toMatchObject({ lines: 'pass', easy: 'fail' })
    const script = { ...node(sh(...byHand, './install.sh')), 'install.sh': 'npm ci\n' }
    expect(await judge(script)).toMatchObject({ lines: 'pass', easy: 'pass' })
  })

  it('does not decide about images, addresses and packages of which nothing is known', async () => {
    expect(await judge(node(sh('docker run -i acme/tools')))).toMatchObject({ status: 'unknown' })
    expect(await judge(node(sh('claude mcp add --transport http notes https://notes.dev/mcp')))).toMatchObject({
      status: 'unknown',
    })
    expect(await judge({ 'Main.java': '', 'README.md': sh('brew install notes') })).toMatchObject({ status: 'unknown' })
  })
})
