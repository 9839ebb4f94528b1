import { someIn } from '../code/parts.ts'
import type { Resolver } from '../code/resolve.ts'
import type { Sections } from '../code/sections.ts'
import { nameOf, visibleAt, type Call, type Module, type Value } from '../code/values.ts'
import { inOptions, type Timeout } from './timeout.ts'

const clients = /^(axios|got|ky|node-fetch|undici|superagent|needle|cross-fetch|make-fetch-happen)$/
const calling = /^(create|extend|get|post|put|patch|delete|head|options|request|fetch|stream)$/

const rootOf = (value: Value): (Value & { is: 'name' }) | null =>
  value.is === 'member' ? rootOf(value.of) : value.is === 'name' ? value : null

/** The package of a name: `axios_default`, and `import_axios` that is `__toESM(require_axios())`. */
const packageOf = (name: Value & { is: 'name' }, module: Module, sections: Sections, depth = 0): string | null => {
  for (const { at, value } of visibleAt(module, name.name, name.at)) {
    const own = sections.packageAt(module, at)
    if (own !== null) return own
    let inner: string | null = null
    if (value.is === 'call' && depth < 2)
      someIn(value, part => {
        const found =
          part.is === 'name' && part.name !== name.name ? packageOf(part, module, sections, depth + 1) : null
        if (found !== null && clients.test(found)) inner = found
        return inner !== null
      })
    if (inner !== null) return inner
  }
  return null
}

/** Where the server's own part of a bundle calls a client for HTTP that stands in the same bundle. */
export const bundledClients = (
  module: Module,
  sections: Sections,
  resolver: Resolver,
): { call: Call; what: string; timeout: Timeout }[] => {
  if (!sections.packagesIn(module).some(name => clients.test(name))) return []
  return module.calls.flatMap(call => {
    const root = rootOf(call.callee)
    const method = nameOf(call.callee)
    if (!root || call.constructs || sections.packageAt(module, call.at) !== null) return []
    if (call.callee.is === 'member' && !calling.test(method)) return []
    const from = packageOf(root, module, sections)
    if (from === null || !clients.test(from) || /^(__|require_|init_)/.test(root.name)) return []
    const isGiven = call.arguments.some(
      value => inOptions(value, ['timeout', 'signal'], { module, frames: [] }, resolver) === 'present',
    )
    const what = call.callee.is === 'member' ? `${from}.${method}` : from
    return [{ call, what, timeout: isGiven ? 'present' : 'undecided' }]
  })
}
