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

/** The dependencies that are there to call other machines. */
export const librariesThatCallOut = (project: Project): string[] =>
  librariesThatMayCallOut(project).filter(name => callsOut.test(name))
