import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import commandInjection from './command-injection.ts'

const judge = (files: Files) => judgeFiles(commandInjection, files)
const takes = '{ name: z.string() }'
const before = `import { execFileSync, spawn } from 'node:child_process'
import vm from 'node:vm'
import ejs from 'ejs'
import simpleGit from 'simple-git'
import * as k8s from '@kubernetes/client-node'
import { execaCommand } from 'execa'
import { Client } from 'ssh2'
const git = simpleGit('/srv')`

describe('texts that are run as programs in TypeScript', () => {
  it.each([
    ['a shell', 'return execFileSync("bash", ["-lc", `whois ${args.name}`])'],
    ['the shell of Windows', 'return spawn("cmd.exe", ["/c", "whois", args.name])'],
    ['behind another program', 'return execFileSync("sudo", ["sh", "-c", `whois ${args.name}`])'],
    [
      'a shell that a setting names',
      'const shell = process.env.SHELL || "/bin/bash"\nreturn spawn(shell, ["-c", `whois ${args.name}`])',
    ],
    [
      'a shell that a caller names',
      'const shell = args.shell || "/bin/sh"\nconst words = [shell, "-c", args.name]\nreturn new k8s.Exec(config).exec("default", "pod", "main", words)',
    ],
    ['AppleScript', 'return execFileSync("osascript", ["-e", `display dialog "${args.name}"`])'],
    [
      'quotes alone escaped',
      String.raw`return execFileSync("osascript", ["-e", 'display dialog "' + args.name.replace(/"/g, '\\"') + '"'])`,
    ],
    ['PowerShell', `return execFileSync("powershell", ["-NoProfile", "-Command", "Get-Item '" + args.name + "'"])`],
    ['node', 'return execFileSync(process.execPath, ["-e", `console.log("${args.name}")`])'],
    ['quotes of a program', 'return eval(`"${args.name}"`)'],
    ['a template', 'return ejs.render(args.name, {})'],
    ['an option behind another', 'return execFileSync("git", ["log", "--oneline", args.name])'],
    ['a program that another starts', 'return execFileSync("env", ["A=b", args.name])'],
    ['a line of words', 'return execaCommand(`git log ${args.name}`)'],
    ['a shell of another machine', 'return new Client().exec(`tail -n 10 ${args.name}`, () => {})'],
    [
      'a shell in a container',
      'return new k8s.Exec(config).exec("default", "pod", "main", ["/bin/sh", "-c", args.name], null, null, null, false)',
    ],
    ['an option of git by a library', 'return git.raw(["log", args.name])'],
  ])('fail: %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail', proof: 'repository' })
  })

  it.each([
    [
      'a text that is fixed, and a shell that a setting names',
      'return spawn(process.env.SHELL ?? "sh", ["-c", "uptime"])',
    ],
    ['a text that is fixed', 'return execFileSync("bash", ["-c", \'whois "$1"\', "sh", args.name])'],
    ['arguments of AppleScript', 'return execFileSync("osascript", ["-e", "on run argv\\nend run", "--", args.name])'],
    [
      'quotes and what escapes them',
      String.raw`return execFileSync("osascript", ["-e", 'display dialog "' + args.name.replace(/\\/g, '\\\\').replace(/"/g, '\\"') + '"'])`,
    ],
    [
      'doubled quotes',
      `return execFileSync("powershell", ["-Command", "Get-Item '" + args.name.replace(/'/g, "''") + "'"])`,
    ],
    ['JSON in a program', 'return vm.runInNewContext(`f(${JSON.stringify(args.name)})`)'],
    ['an argument of a script', 'return execFileSync("node", ["tool.js", args.name])'],
    ['an argument of a program in a text', 'return execFileSync("node", ["-e", "run(process.argv[1])", args.name])'],
    ['what a template is filled with', 'return ejs.render("<%= name %>", { name: args.name })'],
    ['the end of options', 'return git.raw(["log", "--end-of-options", args.name])'],
    ['the end of options in a line', 'return execaCommand(`git log --end-of-options ${args.name}`)'],
    [
      'words for a container',
      'return new k8s.Exec(config).exec("default", "pod", "main", ["cat", "--", args.name], null, null, null, false)',
    ],
    ['the value of an option', 'return execFileSync("git", ["log", "-n", args.name])'],
  ])('pass: %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })
})

describe('texts that are run as programs in Python', () => {
  const imports =
    'import base64\nimport os\nimport pickle\nimport shlex\nimport subprocess\nimport sys\n\nimport docker\nimport git\nimport paramiko\nimport yaml\nfrom jinja2 import Template'

  it.each([
    ['a shell', 'return subprocess.run(["bash", "-c", f"whois {name}"]).stdout'],
    [
      'a shell that a setting names',
      'return subprocess.run([os.environ.get("SHELL", "/bin/sh"), "-c", f"whois {name}"]).stdout',
    ],
    ['AppleScript', `return subprocess.run(["osascript", "-e", f'display dialog "{name}"']).stdout`],
    ['Python itself', `return subprocess.run([sys.executable, "-c", f"print('{name}')"]).stdout`],
    ['objects', 'return str(pickle.loads(base64.b64decode(name)))'],
    ['any YAML', 'return str(yaml.load(name, Loader=yaml.Loader))'],
    ['a template', 'return Template(name).render()'],
    ['compiled text', 'return str(exec(compile(name, "x", "exec")))'],
    ['a shell of another machine', 'return str(paramiko.SSHClient().exec_command(f"tail {name}"))'],
    ['a shell in a container', 'return docker.from_env().containers.get("x").exec_run(["sh", "-c", f"cat {name}"])'],
    ['words of a text', 'return subprocess.run(shlex.split(f"git log {name}")).stdout'],
    ['the log of git', 'return git.Repo(".").git.log(name)'],
  ])('fail: %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: 'name: str', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['what is written as a text', 'return str(eval(f"len({name!r})"))'],
    ['an argument', 'return subprocess.run([sys.executable, "-c", "import sys", name]).stdout'],
    ['quotes for another machine', 'return str(paramiko.SSHClient().exec_command(f"tail -- {shlex.quote(name)}"))'],
    ['plain YAML', 'return str(yaml.load(name, Loader=yaml.SafeLoader))'],
    ['what a template is filled with', 'return Template("{{ name }}").render(name=name)'],
  ])('pass: %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: imports, takes: 'name: str', body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })
})
