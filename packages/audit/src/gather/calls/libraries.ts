import { fileOf } from '../code/locate.ts'
import type { Modules } from '../code/modules.ts'
import type { Project } from '../project.ts'

/** Packages that do not call other machines by themselves. */
const stayAtHome =
  /^(@modelcontextprotocol\/.*|@types\/.*|(fast)?mcp|zod.*|ajv.*|valibot|pydantic.*|dotenv|python-dotenv|commander|yargs|click|typer|rich|chalk|pino.*|winston|loguru|structlog|express|cors|hono|@hono\/.*|fastify|starlette|uvicorn|fastapi|anyio|typing-extensions|tslib|minimatch|glob|diff|uuid|lodash.*|date-fns|tzdata|tzlocal|pyyaml|yaml|smol-toml|semver|picocolors)$/

/** The dependencies of the server, and packages in its bundle, that may call other machines where its own source does not. */
export const librariesThatMayCallOut = ({ node, python, scope }: Project, bundled: string[] = []): string[] => {
  const inScope = [...node, ...python].filter(({ directory }) => directory === scope.directory)
  const names = inScope.flatMap(({ dependencies }) =>
    Array.isArray(dependencies) ? dependencies.map(({ name }) => name) : Object.keys(dependencies),
  )
  return [...new Set([...names, ...bundled])].filter(name => !stayAtHome.test(name))
}

/** Clients of other machines, and what brings one along for a service. */
const callsOut =
  /axios|^got$|^ky$|undici|superagent|needle|request|fetch|http|openapi|graphql|sdk|[-/]api|client|octokit|^(boto|aio)|googleapis|google-api|azure|slack|notion|stripe|supabase|firebase|playwright|puppeteer|selenium|crawl|scrap|openai|anthropic/i

const ofLanguage = /^(node:|(https?|http2|urllib|xmlrpc)$)/

/** Packages that the source imports, for what has no manifest, such as an unpacked wheel. */
const importedBy = ({ all, places }: Pick<Modules, 'all' | 'places'>): string[] =>
  all.flatMap(module =>
    module.declarations.flatMap(({ value }) => {
      if (value.is !== 'import' || value.module.startsWith('.') || fileOf(module, value.module, places)) return []
      const [first = '', second = ''] = value.module.split(module.language === 'python' ? '.' : '/')
      const name = first.startsWith('@') ? `${first}/${second}` : first
      return ofLanguage.test(name) ? [] : [name]
    }),
  )

/** The dependencies that are there to call other machines. */
export const librariesThatCallOut = (project: Project, modules?: Pick<Modules, 'all' | 'places'>): string[] => {
  const isDeclared = project.node.length + project.python.length > 0
  const imported = modules && !isDeclared ? importedBy(modules) : []
  return librariesThatMayCallOut(project, imported).filter(name => callsOut.test(name))
}
