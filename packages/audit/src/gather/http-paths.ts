import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import type { Module, Value } from './code/values.ts'
import { project, isInScope } from './project.ts'

/** A path that the server's code takes requests at, or compares the path of a request with. */
export interface HttpPath {
  path: string
  file: string
  line: number
}

const asks = /^(fetch|axios|got|ky|request|urlopen|httpx|requests)$/

const rootName = (value: Value): string =>
  value.is === 'member' ? rootName(value.of) : value.is === 'name' ? value.name : ''

const texts = (value: Value | undefined, depth = 0): string[] => {
  if (!value || depth > 3) return []
  if (value.is === 'text') return [value.text]
  if (value.is === 'list') return value.items.flatMap(item => texts(item, depth + 1))
  if (value.is === 'record') return value.fields.flatMap(([, field]) => texts(field, depth + 1))
  return value.is === 'name' || value.is === 'either' || value.is === 'choice' ? [] : []
}

const isPath = (text: string): boolean => /^\/[\w./:{}*-]{0,100}$/.test(text)

const pathsOf = (module: Module): HttpPath[] => {
  const place = (line: number) => (path: string) => ({ path, file: module.path, line })
  const constants = new Map(
    module.declarations.flatMap(({ name, value }) =>
      value.is === 'text' && isPath(value.text) ? [[name, value.text]] : [],
    ),
  )
  const read = (value: Value | undefined): string[] => {
    const own = value?.is === 'name' ? constants.get(value.name) : undefined
    return (own === undefined ? texts(value) : [own]).filter(isPath)
  }
  return [
    ...module.calls.flatMap(call => {
      if (asks.test(rootName(call.callee))) return []
      const named = call.named.filter(([key]) => /^(path|url|prefix)$/.test(key)).map(([, value]) => value)
      return [...call.arguments.slice(0, 2), ...named].flatMap(read).map(place(call.line))
    }),
    ...module.compared.flatMap(({ value, line }) =>
      (value.is === 'compare' ? [...read(value.left), ...read(value.right)] : read(value)).map(place(line)),
    ),
  ]
}

/** The paths of HTTP requests that the server's code knows. */
export const httpPaths = gatherer<HttpPath[], { modules: typeof modules; project: typeof project }>({
  id: 'http-paths',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules, project }) => modules.all.filter(({ path }) => isInScope(project, path)).flatMap(pathsOf),
})
