import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import pathTraversal from './path-traversal.ts'

const judge = (files: Files) => judgeFiles(pathTraversal, files)
const takes = '{ name: z.string() }'
const before = `import path from 'node:path'
import Database from 'better-sqlite3'
import { glob } from 'glob'
import puppeteer from 'puppeteer'
import sharp from 'sharp'`

describe('files that libraries keep, in TypeScript', () => {
  it.each<[string, (name: string) => string]>([
    [
      'a picture of a page',
      name => `const page = await (await puppeteer.launch()).newPage()\nreturn page.screenshot({ path: ${name} })`,
    ],
    ['a picture', name => `return sharp('x.png').toFile(${name})`],
    ['a database', name => `return new Database(${name})`],
    ['a folder that is searched', name => `return glob('**/*', { cwd: ${name} })`],
  ])('%s', async (_, body) => {
    const open = await judge(typescriptHandler({ before, takes, body: body('path.join("/srv/out", args.name)') }))
    expect(open, JSON.stringify(open.verdicts)).toMatchObject({ status: 'fail', proof: 'repository' })
    const based = 'path.join("/srv/out", path.basename(args.name))'
    const kept = await judge(typescriptHandler({ before, takes, body: body(based) }))
    expect(kept, JSON.stringify(kept.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('says nothing of pictures that are handed back', async () => {
    const body = `const page = await (await puppeteer.launch()).newPage()\nreturn page.screenshot({ type: args.name })`
    expect(await judge(typescriptHandler({ before, takes, body }))).toMatchObject({ status: 'pass' })
  })
})

describe('files that libraries keep, in Python', () => {
  const imports = `import glob
import os
import shutil
import sqlite3
import tarfile

import matplotlib.pyplot as plt
import pandas as pd
from docx import Document
from PIL import Image`

  it.each<[string, (name: string) => string]>([
    ['a document', name => `doc = Document()\ndoc.save(${name})\nreturn "ok"`],
    ['a picture', name => `Image.new("RGB", (1, 1)).save(${name})\nreturn "ok"`],
    ['a chart', name => `plt.savefig(${name})\nreturn "ok"`],
    ['a table', name => `pd.DataFrame().to_csv(${name})\nreturn "ok"`],
    ['a database', name => `return str(sqlite3.connect(${name}))`],
    ['names of files', name => `return str(glob.glob(${name}))`],
    ['an archive', name => `with tarfile.open("x.tar") as archive:\n    archive.extractall(${name})\nreturn "ok"`],
    ['an archive of any kind', name => `shutil.unpack_archive(${name}, "/srv/out")\nreturn "ok"`],
  ])('%s', async (_, body) => {
    const files = (name: string): Files => pythonHandler({ before: imports, takes: 'name: str', body: body(name) })
    const open = await judge(files('os.path.join("/srv/out", name)'))
    expect(open, JSON.stringify(open.verdicts)).toMatchObject({ status: 'fail' })
    const kept = await judge(files('os.path.join("/srv/out", os.path.basename(name))'))
    expect(kept, JSON.stringify(kept.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('knows that a prefix in common is no folder in common', async () => {
    const check = (how: string) => `target = os.path.realpath(os.path.join("/srv/data", name))
if os.path.${how}(["/srv/data", target]) != "/srv/data":
    raise ValueError("outside")
return open(target).read()`
    const files = (how: string): Files => pythonHandler({ before: imports, takes: 'name: str', body: check(how) })
    expect(await judge(files('commonprefix'))).toMatchObject({ status: 'fail' })
    expect(await judge(files('commonpath'))).toMatchObject({ status: 'pass' })
  })
})
