import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import commandInjection from './command-injection.ts'
import sqlInjection from './sql-injection.ts'

describe('what is written to a program that runs it, in TypeScript', () => {
  const before = `import { spawn, spawnSync } from 'node:child_process'`
  const takes = '{ app: z.string(), command: z.string() }'
  const judge = (body: string, more = '', item = commandInjection) =>
    judgeFiles(item, typescriptHandler({ before: `${before}\n${more}`, takes, body }))

  it.each([
    ['a shell', "const child = spawn('bash')\nchild.stdin.write(`ls ${args.app}\\n`)\nreturn 'ok'"],
    [
      'a shell that keeps its options',
      "const child = spawn('sh', ['-i'])\nchild.stdin.end('ls ' + args.app)\nreturn 'ok'",
    ],
    [
      'the whole of a command',
      "const child = spawn('bash', ['-s'])\nchild.stdin.write(args.command + '\\n')\nreturn 'ok'",
    ],
    [
      'PowerShell',
      "const child = spawn('powershell.exe', ['-NoProfile', '-Command', '-'])\nchild.stdin.write(`ls ${args.app}\\n`)\nreturn 'ok'",
    ],
    [
      'a shell in a container',
      "const child = spawn('docker', ['exec', '-i', 'box', 'sh'])\nchild.stdin.write(`ls ${args.app}\\n`)\nreturn 'ok'",
    ],
    [
      'a program in JavaScript',
      "const child = spawn('node', ['-i'])\nchild.stdin.write(`load(\"${args.app}\")\\n`)\nreturn 'ok'",
    ],
    [
      'a line with options',
      "const child = spawn('npx', ['cli', 'repl'])\nchild.stdin.write(`apps:info --app ${args.app}\\n`)\nreturn 'ok'",
    ],
    ['an option called input', "return spawnSync('bash', { input: `ls ${args.app}` }).stdout.toString()"],
  ])('fails with %s', async (_, body) => {
    const result = await judge(body)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it('follows a process that is kept in a field', async () => {
    const kept = `class Session {\n  private child = spawn('bash', ['--norc'])\n  run(name: string) {\n    this.child?.stdin?.write('cat ' + name + '\\n')\n    return 'ok'\n  }\n}\nconst session = new Session()`
    const result = await judge('return session.run(args.app)', kept)
    expect(evidenceOf(result), JSON.stringify(result.verdicts)).toContain('this.child.stdin.write')
  })

  it.each([
    ["next.line + '\\n'", 'unknown'],
    ["'status\\n'", 'pass'],
    ["JSON.stringify(next) + '\\n'", 'pass'],
  ])('does not know what a queue hands to %s', async (written, status) => {
    const kept = `class Session {\n  private child = spawn('npx', ['cli', 'repl'])\n  private queue: { line: string }[] = []\n  constructor() {\n    setInterval(() => this.next(), 10)\n  }\n  next() {\n    const [next] = this.queue\n    this.child.stdin.write(${written})\n  }\n  run(line: string) {\n    this.queue.push({ line })\n    return 'ok'\n  }\n}\nconst session = new Session()`
    const result = await judge('return session.run(`info --app ${args.app}`)', kept)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })

  it('says which line is another command', async () => {
    const body =
      "const child = spawn('npx', ['cli', 'repl'])\nchild.stdin.write(`apps:info --app ${args.app}\\n`)\nreturn 'ok'"
    expect(evidenceOf(await judge(body))).toContain('a second line, which is another command')
  })

  it.each([
    ['a line without options', 'child.stdin.write(`show ${args.app}\\n`)'],
    ['a whole command', "child.stdin.write(args.command + '\\n')"],
    ['a line in quotes', 'child.stdin.write(`apps:info --app "${args.app}"\\n`)'],
  ])('does not know what a program with a language of its own makes of %s', async (_, write) => {
    const result = await judge(`const child = spawn('npx', ['cli', 'repl'])\n${write}\nreturn 'ok'`)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
  })

  it.each([
    [
      'JSON',
      "const child = spawn('npx', ['cli', 'repl'])\nchild.stdin.write(JSON.stringify({ app: args.app }) + '\\n')\nreturn 'ok'",
    ],
    [
      'a text that is formatted',
      "const child = spawn('prettier', ['--stdin-filepath', 'a.ts'])\nchild.stdin.end(args.command)\nreturn 'ok'",
    ],
    [
      'a password',
      "const child = spawn('docker', ['login', '--password-stdin'])\nchild.stdin.write(args.command + '\\n')\nreturn 'ok'",
    ],
    [
      'what a script of a shell reads',
      "const child = spawn('bash', ['-c', 'cat > notes.txt'])\nchild.stdin.end(args.command)\nreturn 'ok'",
    ],
    [
      'what a script in a file reads',
      "const child = spawn('python3', ['count.py'])\nchild.stdin.end(args.command)\nreturn 'ok'",
    ],
    ['fixed commands', "const child = spawn('bash')\nchild.stdin.write('ls\\n')\nreturn args.app"],
    [
      'a name of a list',
      "if (!['one', 'two'].includes(args.app)) throw new Error('no')\nconst child = spawn('bash')\nchild.stdin.write(`ls ${args.app}\\n`)\nreturn 'ok'",
    ],
    [
      'a pattern',
      "if (!/^[a-z]+$/.test(args.app)) throw new Error('no')\nconst child = spawn('npx', ['cli', 'repl'])\nchild.stdin.write(`info --app ${args.app}\\n`)\nreturn 'ok'",
    ],
  ])('passes %s', async (_, body) => {
    const result = await judge(body)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('fails SQL for a program that asks a database, and passes what it is given as a file', async () => {
    const asked = (options: string) =>
      judge(
        `const child = spawn('psql', [${options}])\nchild.stdin.end(\`SELECT * FROM notes WHERE name = '\${args.app}'\`)\nreturn 'ok'`,
        '',
        sqlInjection,
      )
    expect(await asked("'-d', 'notes'")).toMatchObject({ status: 'fail' })
    expect((await asked("'-c', 'COPY notes FROM STDIN'")).status).not.toBe('fail')
  })
})

describe('what is written to a program that runs it, in Python', () => {
  const judge = (body: string) =>
    judgeFiles(
      commandInjection,
      pythonHandler({
        before: 'import asyncio\nimport json\nimport shlex\nimport subprocess',
        takes: 'app: str',
        body,
      }),
    )

  it.each([
    ['input', 'return subprocess.run(["bash"], input=f"ls {app}", text=True).stdout'],
    [
      'communicate',
      'process = subprocess.Popen(["bash", "-s"], stdin=subprocess.PIPE)\nreturn str(process.communicate(input=f"ls {app}".encode()))',
    ],
    [
      'write',
      'process = subprocess.Popen("sh", stdin=subprocess.PIPE)\nprocess.stdin.write(("ls " + app + "\\n").encode())\nreturn "ok"',
    ],
    ['Python', 'return subprocess.run(["python3", "-"], input=f"show(\'{app}\')", text=True).stdout'],
    [
      'a line with options',
      'process = subprocess.Popen(["cli", "repl"], stdin=subprocess.PIPE, text=True)\nprocess.stdin.write(f"info --app {app}\\n")\nreturn "ok"',
    ],
  ])('fails with %s', async (_, body) => {
    const result = await judge(body)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['line + "\\n"', 'unknown'],
    ['"status\\n"', 'pass'],
  ])('does not know what a queue hands to %s', async (written, status) => {
    const before = `import subprocess\nclass Session:\n    def __init__(self):\n        self.process = subprocess.Popen(["cli", "repl"], stdin=subprocess.PIPE, text=True)\n        self.queue = []\n    def next(self):\n        for line in self.queue:\n            self.process.stdin.write(${written})\n    def run(self, line):\n        self.queue.append(line)\n        return "ok"\nsession = Session()`
    const body = 'return session.run(f"info --app {app}")'
    const result = await judgeFiles(commandInjection, pythonHandler({ before, takes: 'app: str', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })

  it.each([
    ['a quoted text', 'return subprocess.run(["bash"], input=f"ls {shlex.quote(app)}", text=True).stdout'],
    [
      'JSON',
      'process = subprocess.Popen(["cli", "repl"], stdin=subprocess.PIPE, text=True)\nprocess.stdin.write(json.dumps({"app": app}) + "\\n")\nreturn "ok"',
    ],
    ['a text that is formatted', 'return subprocess.run(["black", "-"], input=app, text=True).stdout'],
    ['what a script reads', 'return subprocess.run(["bash", "-c", "wc -l"], input=app, text=True).stdout'],
  ])('passes %s', async (_, body) => {
    const result = await judge(body)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })
})
