import type { Project } from '../project.ts'

/** Packages that do not call other machines by themselves. */
const stayAtHome =
  /^(@modelcontextprotocol\/.*|@types\/.*|(fast)?mcp|zod.*|ajv.*|valibot|pydantic.*|dotenv|python-dotenv|commander|yargs|click|typer|rich|chalk|pino.*|winston|loguru|structlog|express|cors|hono|@hono\/.*|fastify|starlette|uvicorn|fastapi|anyio|typing-extensions|tslib|minimatch|glob|diff|uuid|lodash.*|date-fns|tzdata|tzlocal|pyyaml|yaml|smol-toml|semver|picocolors)$/

/** The dependencies of the server that may call other machines, where its own source does not. */
export const librariesThatMayCallOut = ({ node, python, scope }: Project): string[] => {
  const inScope = [...node, ...python].filter(({ directory }) => directory === scope.directory)
  const names = inScope.flatMap(({ dependencies }) =>
    Array.isArray(dependencies) ? dependencies.map(({ name }) => name) : Object.keys(dependencies),
  )
  return names.filter(name => !stayAtHome.test(name))
}
