import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import commandInjection from './command-injection.ts'

const judge = (files: Files) => judgeFiles(commandInjection, files)
const takes = '{ name: z.string(), names: z.array(z.string()) }'
const before = `import { exec, execFile, execFileSync, execSync, spawn } from 'node:child_process'
import { promisify } from 'node:util'
const execAsync = promisify(exec)`

describe('commands in TypeScript', () => {
  it.each<[string, string, string?]>([
    ['a template', 'return execSync(`git log ${args.name}`)'],
    ['double quotes', 'return execSync(`grep "${args.name}" notes.txt`)'],
    ['JSON as quotes', 'return execSync(`grep ${JSON.stringify(args.name)} notes.txt`)'],
    ['single quotes', `return execSync("grep '" + args.name + "' notes.txt")`],
    ['a promise of exec', 'const { stdout } = await execAsync(`cat ${args.name}`)\nreturn stdout'],
    ['a shell that is switched on', 'return spawn("grep", [args.name], { shell: true })'],
    ['the program itself', 'return execFile(args.name, [])'],
    [
      'a command that is split',
      'const [program, ...rest] = `kubectl get ${args.name}`.split(" ")\nreturn spawn(program, rest)',
    ],
    ['an option of git', 'return execFileSync("git", ["log", args.name])'],
    ['options from a list', 'return execFileSync("git", ["add", ...args.names])'],
    [
      'an option that is pushed',
      'const list = ["log"]\nif (args.name) list.push(args.name)\nreturn execFileSync("git", list)',
    ],
    [
      'a list of programs that holds the first word of a shell',
      `if (!['ls', 'cat'].includes(args.name.split(' ')[0])) throw new Error('no')\nreturn execSync('ls ' + args.name)`,
    ],
    ['another file', 'return run(args.name)', `import { run } from './run.js'`],
    ['a program that is put together', 'return eval(`(${args.name})`)'],
    ['some characters removed', `return execSync('ls ' + args.name.replace(/[;&|]/g, ''))`],
  ])('fails with %s', async (_, body, more = '') => {
    const files = {
      'src/run.ts': `import { execSync } from 'node:child_process'\nexport const run = (name: string) => execSync(\`ls \${name}\`)`,
    }
    const result = await judge(typescriptHandler({ before: `${before}\n${more}`, takes, body, files }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail', proof: 'repository' })
    expect(evidenceOf(result)).toMatch(/names?(\[\])? of tool work/)
  })

  it.each<[string, string]>([
    ['a list of arguments', 'return execFile("wc", ["-w", "--", args.name])'],
    ['-- before the value', 'return execFileSync("git", ["log", "--", args.name])'],
    ['a value of an option', 'return execFileSync("kubectl", ["get", "pods", "-n", args.name])'],
    ['an option in one piece', 'return execFileSync("git", ["log", `--author=${args.name}`])'],
    [
      'a name that may not begin with -',
      `if (args.name.startsWith('-')) throw new Error('no')\nreturn execFileSync("git", ["log", args.name])`,
    ],
    [
      'each name looked at',
      `for (const name of args.names) if (name.startsWith('-')) throw new Error('no')\nreturn execFileSync("git", ["add", ...args.names])`,
    ],
    ['quotes that cannot be left', "return execSync(`ls '${args.name.replace(/'/g, `'\\\\''`)}'`)"],
    ['a class of characters', `if (!/^[\\w.]+$/.test(args.name)) return 'no'\nreturn execSync('ls ' + args.name)`],
    [
      'a list of names',
      `const allowed = new Set(['a', 'b'])\nif (!allowed.has(args.name)) throw new Error('no')\nreturn execSync('ls ' + args.name)`,
    ],
    ['a number', 'return execSync(`sleep ${Number(args.name)}`)'],
    [
      'another program per name',
      `const programs = { list: 'ls', size: 'du' }\nreturn execFile(programs[args.name], [])`,
    ],
    ['an input', 'const child = spawn("sort", [])\nchild.stdin.end(args.name)\nreturn child'],
  ])('passes with %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('says which part of a tool for commands is missing', async () => {
    const any = await judge(typescriptHandler({ before, takes, body: 'return execSync(args.name)' }))
    expect(any.status).toBe('fail')
    expect(JSON.stringify(any.verdicts)).toContain('a list of the programs that are allowed')
  })
})

describe('commands in Python', () => {
  const imports = 'import asyncio\nimport os\nimport re\nimport shlex\nimport subprocess\nimport git'
  const parameters = 'name: str, names: list[str]'

  it.each([
    ['os.system', 'os.system(f"ls {name}")'],
    ['a shell', 'return subprocess.run("ls " + name, shell=True, capture_output=True).stdout'],
    ['the format method', 'return subprocess.check_output("ls {}".format(name), shell=True)'],
    ['a percent sign', 'return subprocess.getoutput("ls %s" % name)'],
    ['an option of git', 'return subprocess.run(["git", "log", name]).stdout'],
    ['options from a list', 'return subprocess.run(["git", "add", *names]).stdout'],
    ['GitPython', 'return git.Repo(".").git.diff(name)'],
    ['the program itself', 'return subprocess.run(shlex.split(name)).stdout'],
    ['eval', 'return str(eval(name))'],
    ['a coroutine', 'return asyncio.run(asyncio.create_subprocess_shell(f"ls {name}"))'],
  ])('fails with %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: parameters, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['an option', 'return subprocess.run(["ledger", "-f", "book", name]).stdout'],
    ['a list of options', 'return subprocess.run(["ledger"] + names).stdout'],
  ])('leaves open what %s does to a program that is not known', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: parameters, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
    expect(JSON.stringify(result.verdicts)).toContain('the options of ledger, which are not known')
  })

  it.each([
    ['quotes', 'return subprocess.run(f"ls {shlex.quote(name)}", shell=True).stdout'],
    ['a list of arguments', 'return subprocess.run(["wc", "-w", name]).stdout'],
    ['-- before the value', 'return subprocess.run(["git", "log", "--", name]).stdout'],
    ['a value of an option of any program', 'return subprocess.run(["ledger", "-f", name, "balance"]).stdout'],
    ['-- before the value for any program', 'return subprocess.run(["ledger", "--", name]).stdout'],
    [
      'a value that may not begin with -',
      'if name.startswith("-"):\n    raise ValueError(name)\nreturn git.Repo(".").git.diff(name)',
    ],
    [
      'any of the names',
      'if any(each.startswith("-") for each in names):\n    raise ValueError("no")\nreturn subprocess.run(["git", "add", *names]).stdout',
    ],
    [
      'what is left of the names',
      'safe = [each for each in names if not each.startswith("-")]\nreturn subprocess.run(["git", "add", *safe]).stdout',
    ],
    ['a pattern', 'if re.match(r"^[a-z]+$", name) is None:\n    return "no"\nos.system("ls " + name)'],
  ])('passes with %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: parameters, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files]>([
    [
      'a tree in TypeScript',
      typescriptHandler({
        before: `import * as acorn from 'acorn'
const check = (code: string): void => {
  const tree = acorn.parse(code, { ecmaVersion: 2024 })
  if (tree.body[0].type !== 'Literal') throw new Error('a number is wanted')
}`,
        takes: '{ code: z.string() }',
        body: 'check(args.code)\nreturn eval(args.code)',
      }),
    ],
    [
      'a tree in Python',
      pythonHandler({
        before: `import ast
def check(code: str) -> None:
    tree = ast.parse(code)
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        raise ValueError("one expression is wanted")`,
        takes: 'code: str',
        body: 'check(code)\nreturn str(eval(code, {}))',
      }),
    ],
  ])('leaves open what passes a look at %s', async (_, files) => {
    const result = await judgeFiles(commandInjection, files)
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
  })
})
