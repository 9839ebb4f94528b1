import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import { fieldOf, isWithin, type Call, type FunctionValue, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

/** An address that another server chose is handed to the system, which opens it with whatever it is for. */
export interface OpenedAddress {
  what: string
  file: string
  line: number
}

interface Placed {
  of: FunctionValue
  module: Module
}

const opener =
  /^(open|opn|opener|open-cli|better-opn|react-dev-utils\/openBrowser):(default|open|openApp)?$|^child_process:(exec|execSync|execFile|execFileSync|spawn|spawnSync)$|^execa:|^cross-spawn:|^os\.(startfile|system)$|^subprocess\.\w+$|^electron:shell\.openExternal$/
const maxDepth = 2

const calledBy = (
  { of, module }: Placed,
  { resolver }: Reach,
): { call: Call; targets: Placed[]; path: string | null }[] =>
  module.calls
    .filter(({ at }) => isWithin(at, of))
    .map(call => {
      const place = { module, frames: [] }
      const targets = resolver
        .things(call.callee, place)
        .flatMap(({ value, module: other }) => (value.is === 'function' ? [{ of: value, module: other }] : []))
      return { call, targets, path: resolver.external(call.callee, place) }
    })

/** The scheme of an address, or how it begins. */
const asksForScheme = (value: Value): boolean =>
  someIn(
    value,
    part =>
      (part.is === 'member' && /^(protocol|scheme)$/.test(part.name)) ||
      (part.is === 'text' && /^https?:?(\/\/)?$/.test(part.text)) ||
      (part.is === 'pattern' && part.text.includes('http')),
  )

const looksAtScheme = (one: Placed, reach: Reach, depth = 0): boolean => {
  const { of, module } = one
  const written = [
    ...module.guards.filter(({ at }) => isWithin(at, of)).map(({ test }) => test),
    ...module.returns.filter(({ at }) => isWithin(at, of)).map(({ value }) => value),
    ...module.calls.filter(({ at }) => isWithin(at, of)),
  ]
  if (written.some(asksForScheme)) return true
  return (
    depth < maxDepth &&
    calledBy(one, reach).some(({ targets }) => targets.some(target => looksAtScheme(target, reach, depth + 1)))
  )
}

const opensIn = (one: Placed, reach: Reach, depth = 0): Call | null => {
  for (const { call, targets, path } of calledBy(one, reach)) {
    if (path !== null && opener.test(path) && call.arguments.some(given => given.is !== 'text')) return call
    if (depth < maxDepth && targets.some(target => opensIn(target, reach, depth + 1) !== null)) return call
  }
  return null
}

/** `redirectToAuthorization` of a class or an object; `OAuthClientProvider(redirect_handler=...)` in Python. */
const redirectsIn = (module: Module, { resolver }: Reach): Placed[] => {
  const members = module.classes.flatMap(({ members: all }) =>
    all.flatMap(({ name, value }) =>
      name === 'redirectToAuthorization' && value.is === 'function' ? [{ of: value, module }] : [],
    ),
  )
  const records = module.functions.filter(({ name }) => name === 'redirectToAuthorization').map(of => ({ of, module }))
  const handed = module.calls.flatMap(({ named }) => {
    const handler = fieldOf(named, 'redirect_handler')
    if (!handler) return []
    return resolver
      .things(handler, { module, frames: [] })
      .flatMap(({ value, module: other }) => (value.is === 'function' ? [{ of: value, module: other }] : []))
  })
  const seen = new Set<FunctionValue>()
  return [...members, ...records, ...handed].filter(({ of }) => !seen.has(of) && seen.add(of))
}

/** Where a login at another server opens the address that this server names, whatever its scheme is. */
export const openedAddresses = gatherer<OpenedAddress[], { reach: typeof reach; project: typeof project }>({
  id: 'opened-addresses',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) =>
    ownModules(reach, project).flatMap(module =>
      redirectsIn(module, reach).flatMap(one => {
        const call = opensIn(one, reach)
        if (!call || looksAtScheme(one, reach)) return []
        const { callee } = call
        const what = callee.is === 'name' || callee.is === 'member' ? callee.name : 'a call'
        return [{ what, file: one.module.path, line: call.line }]
      }),
    ),
})
