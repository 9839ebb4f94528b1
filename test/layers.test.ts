import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadItems } from '../packages/audit/src/catalogue.ts'
import { ledger } from '../packages/audit/src/core/ledger.ts'

const home = fileURLToPath(new URL('../packages/audit/src/', import.meta.url))

/** What each folder may import; files right in src/ stand for themselves. */
const allowed: Record<string, string[]> = {
  core: [],
  render: ['core'],
  target: ['core'],
  instruments: ['core', 'target'],
  gather: ['core', 'target', 'instruments'],
  items: ['core', 'gather'],
  engine: ['core'],
  'catalogue.ts': ['core'],
  'api.ts': ['core', 'engine', 'gather', 'target', 'render', 'catalogue.ts'],
  cli: ['api.ts', 'core'],
}

const sources = readdirSync(home, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('testing'))
  .map(file => ({ file, text: readFileSync(join(home, file), 'utf8') }))

const roomOf = (path: string): string => path.split('/')[0] ?? ''

const imports = (file: string, text: string): string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, to]) =>
    relative(home, join(home, dirname(file), to ?? '')),
  )

it('keeps every import inside the table of layers', () => {
  const broken = sources.flatMap(({ file, text }) => {
    const room = roomOf(file)
    return imports(file, text)
      .filter(to => roomOf(to) !== room && !to.startsWith('..') && !allowed[room]?.includes(roomOf(to)))
      .map(to => `${file} imports ${to}`)
  })
  expect(broken).toEqual([])
})

it('keeps files short', () => {
  const long = sources.map(({ file, text }) => ({ file, lines: text.split('\n').length }))
  expect(long.filter(({ file, lines }) => lines > 300 && file !== 'core/ledger.ts')).toEqual([])
})

it('names every item after its file and its area after its folder', async () => {
  const items = await loadItems()
  const files = sources.map(({ file }) => file).filter(file => /^items\/[^/]+\/[^/]+$/.test(file))
  expect(items.map(({ area, id }) => `items/${area}/${id}.ts`).toSorted()).toEqual(files.toSorted())
})

it('gives every item rows that exist and a check that decides each of them', async () => {
  for (const { id, rows, checks } of await loadItems()) {
    for (const row of rows) expect(ledger[row - 1]?.row, `${id} ${row}`).toBe(row)
    const decided = new Set(checks.flatMap(check => check.rows ?? rows))
    expect(
      [...decided].toSorted((a, b) => a - b),
      id,
    ).toEqual(rows.toSorted((a, b) => a - b))
  }
})
