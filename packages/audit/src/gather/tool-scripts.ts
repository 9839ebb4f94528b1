import type { Repository } from '../core/target.ts'
import { importsServer } from '../target/discover/node-modules.ts'
import type { Source } from './trees.ts'

/** Names of scripts that may start the server. */
export const serving =
  /^(start|serve|server|dev|develop|watch|inspect\w*|mcp|debug|prod\w*|cli|stdio|https?|sse|local|run|app|main|index|demo)(\W|$)/

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** All texts in a value, such as the conditions of `exports`. */
export const textsIn = (value: unknown, depth = 0): string[] =>
  typeof value === 'string'
    ? [value]
    : isRecord(value) && depth < 5
      ? Object.values(value).flatMap(each => textsIn(each, depth + 1))
      : []

/** The files that Node or one like it runs. */
const filesIn = (script: string): string[] =>
  [
    ...script.matchAll(
      /(?:^|[;&|]\s{0,3})(?:npx )?(?:node|tsx|ts-node|bun|bun run)(?:\s+-[\w=-]{1,40}){0,5}\s+(?:\.\/)?([\w@./-]{1,200}\.[mc]?[jt]s)(?=\s|$|[;&|])/g,
    ),
  ].map(([, file = '']) => file)

const manifest = async (repository: Repository, path: string): Promise<Record<string, unknown>> => {
  try {
    const raw: unknown = JSON.parse((await repository.text(path)) ?? '{}')
    return isRecord(raw) ? raw : {}
  } catch {
    return {}
  }
}

/**
 * Paths of the files that scripts of package.json run to build, release or generate something: nothing starts the
 * server with them, and no other source imports them.
 */
export const toolScripts = async (repository: Repository, sources: Source[]): Promise<Set<string>> => {
  const found = new Set<string>()
  const manifests = repository.files.filter(path => /^(.*\/)?package\.json$/.test(path)).slice(0, 50)
  for (const path of manifests) {
    const folder = path.slice(0, -'package.json'.length)
    const { scripts, bin, main, module, exports } = await manifest(repository, path)
    const all = isRecord(scripts) ? Object.entries(scripts) : []
    const filesOf = (isServing: boolean): string[] =>
      all.filter(([name]) => serving.test(name) === isServing).flatMap(([, script]) => filesIn(String(script)))
    const kept = new Set(
      [...filesOf(true), ...textsIn([bin, main, module, exports])].map(file => file.replace(/^\.\//, '')),
    )
    for (const file of filesOf(false)) if (!kept.has(file)) found.add(`${folder}${file}`)
  }
  const byPath = new Map(sources.map(source => [source.path, source]))
  for (const path of found) {
    // it may be the server, which a script only tries out
    if (importsServer(path, byPath.get(path)?.text ?? '')) found.delete(path)
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[mc]?[jt]s$/, '')
    const imported = new RegExp(
      `['"]\\.{1,2}/(?:[\\w./-]*/)?${name.replaceAll(/[^\w-]/g, '\\$&')}(?:\\.[mc]?[jt]sx?)?['"]`,
    )
    if (sources.some(source => source.path !== path && source.role === 'server' && imported.test(source.text)))
      found.delete(path)
  }
  return found
}
