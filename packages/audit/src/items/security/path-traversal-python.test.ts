import { describe, expect, it } from 'vitest'
import { pythonHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import pathTraversal from './path-traversal.ts'

const judge = (files: Files) => judgeFiles(pathTraversal, files)

const python = `import os
from pathlib import Path
ROOT = Path(os.environ["ROOT"]).resolve()`

describe('paths in Python', () => {
  it.each<[string, string, string?]>([
    ['no check', 'return open(path).read()'],
    ['a division', 'return (ROOT / path).read_text()'],
    ['a path that is opened', 'return Path(path).open("rb").read()'],
    ['a path that is deleted', '(ROOT / path).unlink()'],
    ['a path in a record', 'file = Path(path)\nreturn send({file.name: (file.name, file.open("rb"))})'],
    ['a join', 'with open(os.path.join("/srv/data", path)) as file:\n    return file.read()'],
    [
      'a prefix without a separator',
      'full = os.path.realpath(os.path.join("/srv/data", path))\nif not full.startswith("/srv/data"):\n    raise ValueError("outside")\nreturn open(full).read()',
    ],
    [
      'a check that does not follow links',
      'full = os.path.abspath(os.path.join(str(ROOT), path))\nif os.path.commonpath([full, str(ROOT)]) != str(ROOT):\n    raise ValueError("outside")\nreturn open(full).read()',
    ],
    [
      'a handler that goes on',
      'full = (ROOT / path).resolve()\ntry:\n    full.relative_to(ROOT)\nexcept ValueError:\n    print("outside")\nreturn full.read_text()',
    ],
    [
      'a path that is compared as it is written',
      'full = ROOT / path\nif not full.is_relative_to(ROOT):\n    raise ValueError("outside")\nreturn full.read_text()',
    ],
    ['the same by an exception', 'full = ROOT / path\nfull.relative_to(ROOT)\nreturn full.read_text()'],
    [
      'a pattern without an end',
      'if not re.match(r"[a-z0-9-]+", path):\n    raise ValueError("bad")\nreturn (ROOT / f"{path}.json").read_text()',
      'import re',
    ],
    [
      'a method of a class',
      'return Store(ROOT).load(path)',
      'class Store:\n    def __init__(self, root):\n        self.root = root\n    def load(self, name):\n        return (self.root / name).read_text()',
    ],
    [
      'a model',
      'return open(path.name).read()',
      'from pydantic import BaseModel\nclass Wanted(BaseModel):\n    name: str',
    ],
  ])('fails with %s', async (what, body, before = '') => {
    const takes = what === 'a model' ? 'path: Wanted' : 'path: str'
    const result = await judge(pythonHandler({ before: `${python}\n${before}`, body, takes }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each<[string, string, string?]>([
    [
      'a whole pattern, and what is removed',
      'if not re.fullmatch(r"[a-z0-9-]+", path):\n    raise ValueError("bad")\nshutil.rmtree(os.path.join(os.environ["ROOT"], path))',
      'import re\nimport shutil',
    ],
    [
      'is_relative_to',
      'full = (ROOT / path).resolve()\nif not full.is_relative_to(ROOT):\n    raise ValueError("outside")\nreturn full.read_text()',
    ],
    [
      'relative_to',
      'full = (ROOT / path).resolve()\ntry:\n    full.relative_to(ROOT)\nexcept ValueError:\n    return "outside"\nreturn full.read_text()',
    ],
    [
      'parents',
      'full = (ROOT / path).resolve()\nif ROOT not in full.parents:\n    raise ValueError("outside")\nreturn full.read_text()',
    ],
    [
      'commonpath of real paths',
      'root = os.path.realpath(str(ROOT))\nfull = os.path.realpath(os.path.join(root, path))\nif os.path.commonpath([root, full]) != root:\n    raise ValueError("outside")\nreturn open(full).read()',
    ],
    ['the last part of the name', 'return open(os.path.join("/srv/data", os.path.basename(path))).read()'],
    [
      'a pattern',
      'import re\nif not re.fullmatch(r"[a-z0-9-]+", path):\n    raise ValueError("no")\nreturn Path("/srv/data", path + ".md").read_text()',
    ],
    [
      'a function that raises',
      'return inside(path).read_text()',
      'def inside(name):\n    full = (ROOT / name).resolve()\n    if not full.is_relative_to(ROOT):\n        raise PermissionError(name)\n    return full',
    ],
    [
      'a path that is held against its folder before it is opened',
      'full = (ROOT / path).resolve()\nif not full.is_relative_to(ROOT):\n    raise ValueError("no")\nreturn full.open().read()',
    ],
    ['what only has a method of the same name', 'return Door(path).open()', 'from doors import Door'],
    ['a table', 'return Path(FILES[path]).read_text()', 'FILES = {"a": "/srv/a.md"}'],
    ['an assertion', 'full = (ROOT / path).resolve()\nassert full.is_relative_to(ROOT)\nreturn full.read_text()'],
  ])('passes with %s', async (_, body, before = '') => {
    const result = await judge(pythonHandler({ before: `${python}\n${before}`, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('takes types at their word', async () => {
    const before = `${python}\nfrom typing import Annotated, Literal\nfrom enum import Enum\nfrom pydantic import Field\nclass Kind(str, Enum):\n    A = "a"\nName = Annotated[str, Field(pattern=r"^[a-z]+$")]`
    const body = 'return open(f"/srv/data/{path}").read()'
    for (const type of [
      'int',
      'Literal["a", "b"]',
      'Kind',
      'Name',
      'int | None',
      'Annotated[str, Field(pattern="^[a-z]+$")]',
    ])
      expect(await judge(pythonHandler({ before, takes: `path: ${type}`, body })), type).toMatchObject({
        status: 'pass',
      })
    expect(await judge(pythonHandler({ before, takes: 'path: str | None', body }))).toMatchObject({ status: 'fail' })
  })

  it('is undecided where the functions of tools come out of a list that was not found', async () => {
    const files: Files = {
      ...pythonHandler({ body: 'return "x"' }),
      'a_server/tools.py':
        'def register(mcp, definitions):\n    for one in definitions:\n        mcp.add_tool(fn=one.fn, name=one.name)\n',
    }
    const main = (files['a_server/server.py'] ?? '') + '\nfrom .tools import register\nregister(mcp, load())\n'
    expect(await judge({ ...files, 'a_server/server.py': main })).toMatchObject({ status: 'unknown' })
  })
})
