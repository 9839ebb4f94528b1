import { describe, expect, it } from 'vitest'
import { pythonHandler } from '../../testing/handlers.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import pathTraversal from './path-traversal.ts'

const before = `import os
from pathlib import Path
import git
ROOT = Path(os.environ["ROOT"]).resolve()


def add(repo: git.Repo, files: list[str]) -> str:
    if files == ["."]:
        repo.git.add(".")
    else:
        CALL
    return "staged"
`

describe('files that are added to a repository with GitPython', () => {
  it.each([
    ['repo.index.add(files)', 'fail'],
    ['repo.index.add([f for f in files])', 'fail'],
    ['repo.index.add([str(ROOT / f) for f in files])', 'pass'],
    ['repo.index.add(["README.md"])', 'pass'],
    ['repo.git.add("--", *files)', 'pass'],
    ['repo.index.remove(files)', 'pass'],
  ])('%s: %s', async (call, status) => {
    const result = await judgeFiles(
      pathTraversal,
      pythonHandler({
        before: before.replace('CALL', call),
        takes: 'files: list[str]',
        body: 'return add(git.Repo(ROOT), files)',
      }),
    )
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status })
  })
})
