import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import type { Place } from './code/resolve.ts'
import { isWithin, nameOf, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { legibleModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** A path is held against a folder as it is written; where a link on its way leads is not asked. */
export interface LexicalCheck {
  file: string
  line: number
  /** The function that refuses. */
  by: string
}

const putsTogether =
  /^(path:(default\.)?((posix|win32)\.)?(resolve|normalize)|(os|ntpath|posixpath)\.path\.(abspath|normpath))$/
const asksForLinks =
  /^(realpath\w*|lstat\w*|readlink\w*|isSymbolicLink|is_symlink|islink|samefile|canonicali[sz]e\w*|O_NOFOLLOW|follow_symlinks)$/i

/** Somewhere in the code of the server links are asked for; what is done with that is not followed. */
const knowsLinks = (modules: Module[], { resolver }: Reach): boolean => {
  const says = (value: Value): boolean => someIn(value, part => asksForLinks.test(nameOf(part)))
  // `Path(x).resolve()` follows links
  const resolves = (call: Call, module: Module): boolean =>
    module.language === 'python' &&
    call.callee.is === 'member' &&
    call.callee.name === 'resolve' &&
    !/^(os|posixpath)/.test(resolver.external(call.callee, { module, frames: [] }) ?? '')
  return modules.some(
    module =>
      module.calls.some(call => says(call) || resolves(call, module)) ||
      module.declarations.some(({ value }) => value.is === 'import' && asksForLinks.test(value.name)),
  )
}

/** Names of a function that stand for a path of its own parameters, put together without a look at the disk. */
const pathsOf = (of: FunctionValue, module: Module, { resolver }: Reach): Set<string> => {
  const place: Place = { module, frames: [] }
  const given = new Set(of.parameters)
  const isOfGiven = (value: Value): boolean => someIn(value, part => part.is === 'name' && given.has(part.name))
  const found = new Set<string>()
  for (const { name, value, at } of module.declarations) {
    if (!isWithin(at, of)) continue
    const isPath = value.is === 'call' && putsTogether.test(resolver.external(value.callee, place) ?? '')
    if (isPath && value.arguments.some(isOfGiven)) found.add(name)
  }
  return found
}

/** `path.startsWith(folder + sep)`; a neighbour is kept out. */
const compares = (test: Value, paths: Set<string>): boolean =>
  someIn(
    test,
    part =>
      part.is === 'call' &&
      part.callee.is === 'member' &&
      /^starts_?with$/i.test(part.callee.name) &&
      part.callee.of.is === 'name' &&
      paths.has(part.callee.of.name) &&
      part.arguments.some(({ is }) => is === 'join' || is === 'name' || is === 'call'),
  )

const checkIn = (of: FunctionValue, module: Module, reach: Reach): LexicalCheck | null => {
  const { guards, throws, returns } = reach.bodies.of(module, of)
  const paths = pathsOf(of, module, reach)
  if (paths.size === 0) return null
  const line =
    guards.find(({ test }) => compares(test, paths))?.line ?? returns.find(({ value }) => compares(value, paths))?.line
  const refuses = throws.length > 0 || returns.some(({ value }) => compares(value, paths))
  return line !== undefined && refuses ? { file: module.path, line, by: of.name ?? 'a function' } : null
}

/** What keeps paths within a folder and asks nowhere for links. */
export const lexicalChecks = gatherer<LexicalCheck[], { reach: typeof reach; project: typeof project }>({
  id: 'lexical-checks',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = legibleModules(reach, project)
    const isOwn = new Set(own)
    const found = [...reach.graph.functions].flatMap(([of, module]) => {
      const check = isOwn.has(module) ? checkIn(of, module, reach) : null
      return check ? [check] : []
    })
    // libraries that a package brings along know links for themselves
    const authored = own.filter(({ path }) => !/(^|\/)(third_party|vendor(ed)?|bundle[sd]?)\//.test(path))
    return found.length > 0 && !knowsLinks(authored, reach) ? found : []
  },
})
