import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import pathTraversal from './path-traversal.ts'

const judge = (files: Files) => judgeFiles(pathTraversal, files)

describe('checks that give back whether something was found', () => {
  it.each([
    ['Boolean(name.match(pattern))', '^[a-z0-9-]+$', 'pass'],
    ['!!name.match(pattern)', '^[a-z0-9-]+$', 'pass'],
    ['Boolean(name.match(pattern))', '[a-z0-9-]+', 'fail'],
    ['Boolean(name)', '^[a-z0-9-]+$', 'fail'],
  ])('TypeScript: %s with %s: %s', async (check, pattern, status) => {
    const before = `import fs from 'node:fs/promises'
const pattern = /${pattern}/
const isName = (name: string): boolean => ${check}`
    const body = `if (!isName(args.path)) return 'no'\nreturn fs.readFile(\`/srv/data/\${args.path}.json\`)`
    expect(await judge(typescriptHandler({ before, body }))).toMatchObject({ status })
  })

  it.each([
    ['bool(PATTERN.match(name))', '^[a-z0-9-]+$', 'pass'],
    ['bool(PATTERN.match(name))', '[a-z0-9-]+', 'fail'],
    ['bool(name)', '^[a-z0-9-]+$', 'fail'],
  ])('Python: %s with %s: %s', async (check, pattern, status) => {
    const files = {
      'a_server/names.py': `import re
PATTERN = re.compile(r"${pattern}")


def is_name(name: str) -> bool:
    return ${check}


def bare(raw: str) -> str:
    return re.sub(r"(v\\d+)$", "", raw.strip().split("?", 1)[0])
`,
    }
    const before = 'from pathlib import Path\nfrom .names import bare, is_name\nROOT = Path("/srv/data")'
    const body = `found: str | None = None
try:
    path = bare(path)
    if not is_name(path):
        return "no"
    found = path
except ValueError:
    if found is not None:
        return "known"
return (ROOT / f"{path}.json").read_text()`
    expect(await judge(pythonHandler({ before, body, files }))).toMatchObject({ status })
  })
})
