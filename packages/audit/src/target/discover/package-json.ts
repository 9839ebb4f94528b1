import { z } from 'zod'
import { parseJson } from '../json.ts'
import { namesAnMcpServer, within, type Place } from './candidate.ts'

const names = z.record(z.string(), z.string()).catch({})

const shape = z.looseObject({
  name: z.string().catch(''),
  main: z.string().optional().catch(undefined),
  bin: z.union([z.string(), names]).optional().catch(undefined),
  scripts: names.optional(),
  dependencies: names.optional(),
  keywords: z.array(z.string()).optional().catch([]),
  mcpName: z.string().optional().catch(undefined),
  packageManager: z.string().optional().catch(undefined),
  workspaces: z
    .union([
      z.array(z.string()),
      z.looseObject({ packages: z.array(z.string()) }).transform(({ packages }) => packages),
    ])
    .optional()
    .catch(undefined),
})
export type PackageJson = z.infer<typeof shape>

/** Null when there is none; `broken` when it is no JSON object. */
export const readPackageJson = async (place: Place): Promise<PackageJson | 'broken' | null> => {
  const text = await place.repository.text(within(place, 'package.json'))
  if (text === null) return null
  try {
    return shape.parse(parseJson(text, 'package.json'))
  } catch {
    return 'broken'
  }
}

const sdk =
  /^(@modelcontextprotocol\/(sdk|server|node|express|hono|fastify)|fastmcp|mcp-framework|mcp-handler|xmcp|tmcp)$/

export const dependsOnSdk = ({ dependencies = {} }: PackageJson): boolean =>
  Object.keys(dependencies).some(name => sdk.test(name))

/** Whether the package says that it is an MCP server: by what it depends on, or by its names. */
export const looksLikeServer = (json: PackageJson): boolean => {
  const unscoped = Object.keys(json.dependencies ?? {}).map(name => name.replace(/^@[^/]+\//, ''))
  const bins = typeof json.bin === 'object' ? Object.keys(json.bin) : []
  return (
    json.mcpName !== undefined ||
    dependsOnSdk(json) ||
    [json.name, ...bins, ...(json.keywords ?? []), ...unscoped].some(namesAnMcpServer)
  )
}

/** The program that installs and builds the package, from its own word or its lock file. */
export const packageManager = ({ repository, folder }: Place, { packageManager }: PackageJson): string => {
  const named = /^(npm|pnpm|yarn|bun)@/.exec(packageManager ?? '')?.[1]
  if (named) return named
  const has = (file: string): boolean =>
    repository.exists(file) || repository.exists(within({ repository, folder }, file))
  if (has('pnpm-lock.yaml')) return 'pnpm'
  if (has('yarn.lock')) return 'yarn'
  return has('bun.lock') || has('bun.lockb') ? 'bun' : 'npm'
}
