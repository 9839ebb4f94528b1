import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import pathTraversal from './path-traversal.ts'

const judge = (files: Files) => judgeFiles(pathTraversal, files)

describe('a check of paths as they are written', () => {
  const status = async (files: Files): Promise<string | undefined> => (await judge(files)).status
  /** What another package makes of the path cannot be followed. */
  const ts = (compared: string, more = ''): Files =>
    typescriptHandler({
      before: `import path from 'node:path'
import fs from 'node:fs/promises'
import { extended } from 'some-package'
const root = process.env.ROOT
const check = async (given: string) => {
  ${compared}
}
${more}`,
      body: `await check(args.path)\nconst file = extended(args.path)\nawait fs.writeFile(file, 'x')\nreturn { content: [] }`,
    })
  const lexical = `const whole = path.resolve(given)
  if (whole !== root && !whole.startsWith(root + path.sep)) throw new Error('outside')`
  const py = (compared: string): Files =>
    pythonHandler({
      before: `import os
from some_package import extended
ROOT = os.environ["ROOT"]

def check(given: str) -> None:
    ${compared}
    if not whole.startswith(ROOT + os.sep):
        raise ValueError("outside")`,
      body: 'check(path)\n    with open(extended(path), "w") as file:\n        file.write("x")\n    return "done"',
    })

  it('fails where nothing asks for links', async () => {
    expect(await status(ts(lexical))).toBe('fail')
    expect(await status(py('whole = os.path.abspath(given)'))).toBe('fail')
  })

  it.each<[string, Files]>([
    ['the real path is compared', ts(lexical.replace('path.resolve(given)', 'await fs.realpath(given)'))],
    ['links are asked for elsewhere', ts(lexical, 'export const real = async (name: string) => fs.realpath(name)')],
    ['links are asked for by another name', ts(lexical, `import { realpathSync as real } from 'node:fs'`)],
    [
      'it is no path',
      ts(`const whole = given.toLowerCase()\n  if (!whole.startsWith(root + '/')) throw new Error('no')`),
    ],
    ['nothing is refused', ts(lexical.replace(`throw new Error('outside')`, `console.error('outside')`))],
    ['the real path is compared in Python', py('whole = os.path.realpath(given)')],
  ])('is undecided where %s', async (_, files) => expect(await status(files)).toBe('unknown'))
})
