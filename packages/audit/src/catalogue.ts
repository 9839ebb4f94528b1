import { readdirSync } from 'node:fs'
import { extname, sep } from 'node:path'
import type { Gatherer, Item } from './core/item.ts'

const home = new URL('./items/', import.meta.url)

/** Every item, one file each in items/<area>/, sorted by area and id. */
export const loadItems = async (): Promise<Item[]> => {
  const files = readdirSync(home, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .flatMap(({ name: area }) => readdirSync(new URL(`${area}/`, home)).map(file => `${area}/${file}`))
    .filter(file => extname(file) === extname(import.meta.url) && !file.includes('.test.'))
  const modules = await Promise.all(
    files.toSorted().map(file => import(new URL(file, home).href) as Promise<{ default: Item }>),
  )
  return modules.map(({ default: item }) => item)
}

/** The source file of every gatherer, by its id, relative to src/. */
export const gathererFiles = async (): Promise<Map<string, string>> => {
  const folder = new URL('./gather/', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(file => file.split(sep).join('/'))
    .filter(file => extname(file) === extname(import.meta.url) && !file.includes('.test.'))
  const modules = await Promise.all(
    files
      .toSorted()
      .map(async file => ({ file, exported: (await import(new URL(file, folder).href)) as Record<string, unknown> })),
  )
  return new Map(
    modules.flatMap(({ file, exported }) =>
      Object.values(exported).flatMap(value =>
        isGatherer(value) ? [[value.id, `gather/${file.slice(0, -extname(file).length)}.ts`] as const] : [],
      ),
    ),
  )
}

const isGatherer = (value: unknown): value is Gatherer =>
  typeof value === 'object' && value !== null && 'gather' in value && 'impact' in value
