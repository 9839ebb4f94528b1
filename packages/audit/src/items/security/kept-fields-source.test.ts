import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import commandInjection from './command-injection.ts'
import pathTraversal from './path-traversal.ts'

const judge = (files: Files) => judgeFiles(pathTraversal, files)
const fs = `import fs from 'node:fs/promises'
import path from 'node:path'`
const takes = '{ name: z.string() }'

/** One method keeps what it is given, and another one reads the file. */
const deploying = (kept = 'options', read = 'this.options.name', check = ''): string => `${fs}
class Deploy {
  options = {}
  async run(options) {
    this.options = ${kept}
    ${check}
    return this.work()
  }
  work = async () => this.pack()
  async pack() {
    return fs.readFile(${read}, 'utf8')
  }
}`
const inHandler = 'return new Deploy().run({ name: args.name })'
/** One call keeps it, and the next one reads the file. */
const building = (keep: string, read: string): string => `${fs}
class Reading {
  name = ''
  names = []
  keep(name) {
    ${keep}
    return this
  }
  build() {
    return fs.readFile(${read}, 'utf8')
  }
}`
const chained = 'return new Reading().keep(args.name).build()'
const onServer = 'one.keep(args.name)\nreturn one.build()'
const apart = `const one = new Reading()\n${onServer}`

describe('what one method keeps for another, in TypeScript', () => {
  it.each<[string, string, string]>([
    ['in an object of the call', deploying(), inHandler],
    ['in one of the server', `${deploying()}\nconst one = new Deploy()`, 'return one.run({ name: args.name })'],
    ['as one of its fields', deploying('{ name: options.name }'), inHandler],
    ['by a builder', building('this.name = name', 'this.name'), chained],
    ['by a builder, out of a list', building('this.names.push(name)', 'this.names.join("/")'), chained],
    ['out of a queue', building('this.names.push({ name })', 'this.names.shift().name'), chained],
  ])('fails where it is read %s', async (_, before, body) => {
    const found = await judge(typescriptHandler({ before, takes, body }))
    expect(found.status, JSON.stringify(found.verdicts)).toBe('fail')
    expect(JSON.stringify(found.verdicts)).toContain('name of tool')
  })

  it.each<[string, string, string]>([
    ['a text', building('this.name = name', 'this.name'), apart],
    ['a list', building('this.names.push(name)', 'this.names.join("/")'), apart],
    ['a queue', building('this.names.push({ name })', 'this.names.shift().name'), apart],
    ['a text of the server', `${building('this.name = name', 'this.name')}\nconst one = new Reading()`, onServer],
  ])('does not pass %s that an earlier call keeps', async (_, before, body) => {
    const found = await judge(typescriptHandler({ before, takes, body }))
    expect(found.status, JSON.stringify(found.verdicts)).toBe('unknown')
    expect(JSON.stringify(found.verdicts)).toContain('what other calls set this.name')
  })

  it.each<[string, string, string]>([
    [
      'what is refused before it is read',
      deploying(
        'options',
        'path.join("/srv/out", this.options.name)',
        `if (!/^\\w+$/.test(options.name)) throw new Error('no')`,
      ),
      inHandler,
    ],
    [
      'what is made harmless as it is kept',
      deploying('{ name: path.join("/srv/out", path.basename(options.name)) }'),
      inHandler,
    ],
    [
      'what is made harmless as it is read',
      building('this.name = name', 'path.join("/srv/out", path.basename(this.name))'),
      chained,
    ],
    ['what no request carries', deploying(), 'return new Deploy().run({ name: process.env.FILE })'],
    ['another field than the one that is read', building('this.name = name', 'process.env.FILE'), chained],
  ])('passes %s', async (_, before, body) => {
    const found = await judge(typescriptHandler({ before, takes, body }))
    expect(found.status, JSON.stringify(found.verdicts)).toBe('pass')
  })

  it('tells what is chosen where a field is set from what is chosen elsewhere', async () => {
    const before = `import { execSync } from 'node:child_process'
class Deploy {
  isOld = false
  name
  async run(name) {
    this.name = name
    this.isOld = Boolean(await fetch('https://api.example/app'))
    const made = this.isOld ? { name: this.name } : await this.made()
    if (!this.isOld && made) execSync(\`git remote add app-\${made.name}\`)
  }
  async made() {
    return { name: (await (await fetch('https://api.example/new')).json()).name }
  }
}`
    const other = before.replace('if (!this.isOld', 'if (this.isOld')
    const body = 'return new Deploy().run(args.name)'
    const said = async (text: string) =>
      (await judgeFiles(commandInjection, typescriptHandler({ before: text, takes, body }))).status
    expect(await said(before)).toBe('pass')
    expect(await said(other)).toBe('fail')
  })
})

describe('what one method keeps for another, in Python', () => {
  const reading = (kept: string, read: string): string => `import os

class Reading:
    def __init__(self):
        self.options = None
        self.names = []

    def run(self, options):
        ${kept}
        return self.work()

    def keep(self, options):
        ${kept}

    def work(self):
        with open(${read}) as file:
            return file.read()
`

  it.each<[string, string, string, string]>([
    ['fail', 'self.options = options', 'self.options', 'return Reading().run(name)'],
    ['unknown', 'self.options = options', 'self.options', 'one = Reading()\none.keep(name)\nreturn one.work()'],
    [
      'unknown',
      'self.names.append(options)',
      '"".join(self.names)',
      'one = Reading()\none.keep(name)\nreturn one.work()',
    ],
    [
      'pass',
      'self.options = os.path.join("/srv/out", os.path.basename(options))',
      'self.options',
      'return Reading().run(name)',
    ],
    ['pass', 'self.options = options', 'self.options', 'return Reading().run(os.environ["FILE"])'],
  ])('is %s: %s, open(%s), %s', async (status, kept, read, body) => {
    const found = await judge(pythonHandler({ before: reading(kept, read), takes: 'name: str', body }))
    expect(found.status, JSON.stringify(found.verdicts)).toBe(status)
  })
})
