import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import commandInjection from './command-injection.ts'
import pathTraversal from './path-traversal.ts'

const judge = (files: Files) => judgeFiles(commandInjection, files)
const server = (registered: string): Files => ({
  'package.json': JSON.stringify({ name: 'a-server', version: '1.0.0', type: 'module', bin: 'src/index.ts' }),
  'src/index.ts': `import { execFileSync, execSync } from 'node:child_process'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
const server = new McpServer({ name: 'a-server', version: '1.0.0' })
${registered}
`,
})

describe('the function that serves a tool', () => {
  it('is found before a record of hints that stands behind it', async () => {
    const bad = server(
      "server.tool('work', { name: z.string() }, async args => execSync(`ls ${args.name}`), { description: 'd' })",
    )
    expect(evidenceOf(await judge(bad))).toContain('name of tool work')
    const good = server(
      "server.tool('work', { name: z.string() }, async args => execFileSync('ls', ['--', args.name]), { description: 'd' })",
    )
    expect(await judge(good)).toMatchObject({ status: 'pass' })
  })

  it('leaves the verdict open where one was not found', async () => {
    const files = server(
      "server.tool('one', { name: z.string() }, async () => 'x')\nserver.tool('work', { name: z.string() }, work)",
    )
    const hidden = { ...files, 'src/index.ts': `import { work } from 'somewhere'\n${files['src/index.ts']}` }
    const result = await judge(hidden)
    expect(result).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(result.verdicts)).toContain('the function that serves tool work')
  })
})

describe('what is only known when it runs', () => {
  const decoy = 'export const other = { name: "other", description: "d", handler: async (args: object) => args }'

  it.each<[string, Files]>([
    [
      'a file whose name is made',
      typescriptHandler({
        before:
          "import { other } from './other.js'\nexport const all = [other]\nconst load = async (name: string): Promise<any> => {\n  const path = `./tools/${name}.js`\n  return await import(path)\n}",
        body: "const loaded = await load('read')\nreturn loaded.handler(args)",
        files: { 'src/other.ts': decoy },
      }),
    ],
    [
      'a file whose name is made, Python',
      pythonHandler({
        before: `import importlib
OTHER = {"name": "other", "description": "d", "handler": lambda path: path}
def load(name):
    return importlib.import_module("a_server.tools." + name)`,
        body: 'loaded = load("read")\nreturn loaded.handler(path)',
      }),
    ],
    [
      'a table that is filled',
      typescriptHandler({
        before:
          "import { base } from 'somewhere'\nconst fill = () => {\n  const table: Record<string, (args: object) => string> = {}\n  for (const [name, work] of Object.entries(base)) table[name] = args => work(args)\n  return table\n}\nconst table = fill()",
        body: 'const given = { parameters: args }\nreturn table[args.path](given)',
      }),
    ],
    [
      'a table that is filled, Python',
      pythonHandler({
        before:
          'table = {}\n\n\ndef fill(others):\n    for name in others:\n        table[name] = others[name]\n\n\nfill(OTHERS)\n',
        body: 'given = {"parameters": path}\nreturn table[path](given)',
      }),
    ],
  ])('leaves open what is done by %s', async (_, files) => {
    const result = await judgeFiles(pathTraversal, files)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
  })
})

describe('a command of many optional pieces', () => {
  const names = Array.from({ length: 24 }, (_, index) => `option${index}`)

  it('is followed in TypeScript', async () => {
    const takes = `{ name: z.string(), ${names.map(name => `${name}: z.string().optional()`).join(', ')} }`
    const pieces = names.map(name => `if (args.${name}) command += ' --${name}'`).join('\n')
    const body = (last: string) => `let command = 'kubectl get'\n${pieces}\n${last}\nreturn execSync(command)`
    const before = `import { execSync } from 'node:child_process'`
    const bad = await judge(typescriptHandler({ before, takes, body: body('command += ` ${args.name}`') }))
    expect(evidenceOf(bad)).toContain('name of tool work')
    const good = await judge(typescriptHandler({ before, takes, body: body("command += ' pods'") }))
    expect(good).toMatchObject({ status: 'pass' })
  })

  it('is followed in Python', async () => {
    const takes = `name: str, ${names.map(name => `${name}: str = ""`).join(', ')}`
    const pieces = names.map(name => `if ${name}:\n    command += " --${name}"`).join('\n')
    const body = (last: string) => `command = "kubectl get"\n${pieces}\n${last}\nreturn os.popen(command).read()`
    const bad = await judge(pythonHandler({ before: 'import os', takes, body: body('command += f" {name}"') }))
    expect(evidenceOf(bad)).toContain('name of tool work')
    const good = await judge(pythonHandler({ before: 'import os', takes, body: body('command += " pods"') }))
    expect(good).toMatchObject({ status: 'pass' })
  })
})

describe('a git repository that an argument names', () => {
  const inTypescript = (body: string) =>
    judgeFiles(
      pathTraversal,
      typescriptHandler({
        before: `import { realpathSync } from 'node:fs'\nimport { simpleGit } from 'simple-git'`,
        body,
      }),
    )
  const inPython = (body: string) =>
    judgeFiles(pathTraversal, pythonHandler({ before: 'from pathlib import Path\nimport git', body }))

  it('is held against the folder of the server in TypeScript', async () => {
    expect(await inTypescript('return (await simpleGit(args.path).status()).current')).toMatchObject({ status: 'fail' })
    expect(await inTypescript('return (await simpleGit({ baseDir: args.path }).log()).total')).toMatchObject({
      status: 'fail',
    })
    const held = `const whole = realpathSync(args.path)
if (whole !== '/srv/notes' && !whole.startsWith('/srv/notes/')) throw new Error('no')
return (await simpleGit(whole).status()).current`
    expect(await inTypescript(held)).toMatchObject({ status: 'pass' })
    expect(await inTypescript('return (await simpleGit().status()).current')).toMatchObject({ status: 'pass' })
  })

  it('is held against the folder of the server in Python', async () => {
    expect(await inPython('return str(git.Repo(path).head.commit)')).toMatchObject({ status: 'fail' })
    expect(await inPython('return str(git.Repo.init(path=path, mkdir=True).git_dir)')).toMatchObject({ status: 'fail' })
    const held = `whole = Path(path).resolve()
whole.relative_to(Path("/srv/notes").resolve())
return str(git.Repo(whole).head.commit)`
    expect(await inPython(held)).toMatchObject({ status: 'pass' })
    expect(await inPython('return str(git.Repo("/srv/notes").head.commit)')).toMatchObject({ status: 'pass' })
  })
})

describe('an option of git', () => {
  const before = `import { execFileSync } from 'node:child_process'`
  const typescript = (words: string) =>
    judge(typescriptHandler({ before, takes: '{ name: z.string() }', body: `return execFileSync('git', [${words}])` }))
  const python = (call: string) =>
    judge(pythonHandler({ before: 'import git', takes: 'name: str', body: `return ${call}` }))

  it.each([
    [`'-C', '/srv/notes', 'rebase', args.name`, 'repo.git.rebase(name)'],
    [`'fetch', args.name`, 'repo.git.fetch(name)'],
    [`'checkout', args.name`, 'git.Repo("/srv/notes").git.checkout(name)'],
  ])('does harm where git knows it: %s', async (words, call) => {
    expect(await typescript(words)).toMatchObject({ status: 'fail' })
    expect(await python(call.replace(/^repo/, 'git.Repo("/srv/notes")'))).toMatchObject({ status: 'fail' })
  })

  it.each([
    [`'stash', 'save', args.name`, 'repo.git.stash("save", name)'],
    [`'-C', '/srv/notes', 'worktree', 'add', args.name`, 'repo.git.worktree("add", name)'],
    [`'log', '--', args.name`, 'repo.git.log("--", name)'],
  ])('does none where git does not: %s', async (words, call) => {
    expect(await typescript(words)).toMatchObject({ status: 'pass' })
    expect(await python(call.replace(/^repo/, 'git.Repo("/srv/notes")'))).toMatchObject({ status: 'pass' })
  })
})
