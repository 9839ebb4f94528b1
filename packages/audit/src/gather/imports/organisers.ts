import type { Command } from '../commands.ts'
import { isProgram } from '../formatters/formatter.ts'
import type { Project } from '../project.ts'

/** A tool that keeps imports in an order of its own, and that some command runs. */
export interface Organiser {
  name: string
  at: string
}

const packages: [name: RegExp, carrier: RegExp][] = [
  [/^eslint-plugin-(simple-import-sort|perfectionist|import|import-x|sort-imports.*)$/, /^eslint$/],
  [/^@antfu\/eslint-config$/, /^eslint$/],
  [/^(@trivago|@ianvs)\/prettier-plugin-sort-imports$|^prettier-plugin-(organize|sort)-imports$/, /^prettier$/],
  [/^import-sort-cli$/, /^import-sort$/],
]

/** `biome format` sorts nothing. */
const isSortingBiome = (command: Command): boolean =>
  isProgram(command, /^(biome|biome-check|biome-ci|ultracite|dprint|deno|oxfmt)$/) &&
  !(command.words[0] === 'biome' && /^(format|lint)$/.test(command.words[1] ?? ''))

export const organiserOf = (found: Project, all: Command[]): Organiser | null => {
  for (const { path, dependencies, devDependencies } of found.node)
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      const carrier = packages.find(([pattern]) => pattern.test(name))?.[1]
      if (carrier && all.some(command => isProgram(command, carrier))) return { name, at: path }
    }
  const run = all.find(isSortingBiome)
  return run ? { name: run.words.slice(0, 2).join(' '), at: run.at } : null
}
