import { describe, expect, it } from 'vitest'
import accessControl from '../items/security/access-control.ts'
import { pythonHandler, typescriptHandler } from '../testing/handlers.ts'
import { judgeFiles, type Files } from '../testing/repositories.ts'

const fails = async (files: Files): Promise<boolean> =>
  (await judgeFiles(accessControl, files)).verdicts.some(
    ({ proof, status, evidence = [] }) =>
      proof === 'repository' && status === 'fail' && evidence.some(({ saw }) => saw.includes('could not look at')),
  )

const ts = (before: string, name = 'isAllowed'): Files =>
  typescriptHandler({
    before: `import { readFile } from 'node:fs/promises'\n${before}`,
    body: `if (!(await ${name}(args.path))) throw new Error('no')\nreturn { content: [] }`,
  })

const py = (before: string): Files =>
  pythonHandler({ before, body: 'if not is_allowed(path):\n    raise ValueError("no")\nreturn path' })

describe('a check that fails open', () => {
  it.each<[string, Files]>([
    [
      'a permission in a catch',
      ts(`const isAllowed = async (name: string) => {
  try {
    const rules = JSON.parse(await readFile('rules.json', 'utf8'))
    return !rules.blocked.includes(name)
  } catch (error) {
    console.error(error)
    return true
  }
}`),
    ],
    [
      'a block list that is skipped',
      ts(
        `const isBlocked = async (name: string) => {
  try {
    return JSON.parse(await readFile('rules.json', 'utf8')).includes(name)
  } catch {
    return false
  }
}`,
        'isBlocked',
      ),
    ],
    [
      'a permission in Python',
      py(`import json


def is_allowed(name):
    try:
        with open("rules.json") as rules:
            return name in json.load(rules)
    except Exception:
        return True
`),
    ],
  ])('is found in %s', async (_, files) => {
    expect(await fails(files)).toBe(true)
  })

  it.each<[string, Files]>([
    [
      'a refusal in a catch',
      ts(`const isAllowed = async (name: string) => {
  try {
    return JSON.parse(await readFile('rules.json', 'utf8')).includes(name)
  } catch {
    return false
  }
}`),
    ],
    [
      'a failure that is looked at',
      ts(`const isAllowed = async (name: string) => {
  try {
    return JSON.parse(await readFile('rules.json', 'utf8')).includes(name)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return true
  }
}`),
    ],
    [
      'a check that nobody reaches',
      typescriptHandler({
        before: `export const isAllowed = (name: string) => { try { return name !== 'a' } catch { return true } }`,
        body: 'return { content: [] }',
      }),
    ],
    [
      'one exception of Python',
      py(`import json


def is_allowed(name):
    try:
        with open("rules.json") as rules:
            return name in json.load(rules)
    except FileNotFoundError:
        return True
`),
    ],
  ])('is not found in %s', async (_, files) => {
    expect(await fails(files)).toBe(false)
  })
})
