import type { Source } from '../trees.ts'
import type { Module } from './values.ts'

/** What bundlers write before the code of each file: `// src/a.ts`, `//#region node_modules/b/c.js`. */
const mark = /^\/\/(?:#region)? ((?!\w+:)[^\s"'`]{1,300}\.(?:[mc]?[jt]sx?|json))$/gm

interface Section {
  at: number
  package: string | null
}

export interface Sections {
  /** The package that a place of a bundle comes from; null for what is the server's own. */
  packageAt(module: Module, at: number): string | null
  /** All packages that stand in a file. */
  packagesIn(module: Module): string[]
}

const packageOf = (path: string): string | null =>
  /^.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? null

/** Tells libraries in bundles from the server, where the bundler left its marks. */
export const openSections = (sources: readonly Source[]): Sections => {
  const texts = new Map(sources.map(({ path, text }) => [path, text]))
  const known = new Map<Module, Section[]>()
  const of = (module: Module): Section[] => {
    const before = known.get(module)
    if (before) return before
    const found = [...(texts.get(module.path) ?? '').matchAll(mark)].map(({ index, 1: path = '' }) => ({
      at: index,
      package: packageOf(path),
    }))
    known.set(module, found)
    return found
  }
  return {
    packageAt: (module, at) => of(module).findLast(section => section.at <= at)?.package ?? null,
    packagesIn: module => [...new Set(of(module).flatMap(section => section.package ?? []))],
  }
}
