import { readdirSync } from 'node:fs'
import { extname } from 'node:path'
import type { Item } from './core/item.ts'

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
