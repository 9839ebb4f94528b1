import { gatherer } from '../core/item.ts'
import { followsDefault, networks } from './calls/networks.ts'
import { around, bestOf, isEndedByTimer } from './calls/timeout.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { nameOf, type Call, type Module } from './code/values.ts'
import { ownModules } from './concurrency/own-modules.ts'
import { shownPath } from './concurrency/paths.ts'
import { entered } from './entered.ts'
import { byCallers, type OutboundCall } from './outbound.ts'
import { project } from './project.ts'

/** Packages with a client for a network that a file imports. */
const importedBy = ({ declarations }: Module): string[] => {
  const names = declarations.flatMap(({ value }) => (value.is === 'import' ? [value.module.replace(/^node:/, '')] : []))
  return [...new Set(names.map(name => (name.includes('/') ? name : (name.split('.')[0] ?? ''))))].filter(name =>
    Object.hasOwn(networks, name),
  )
}

const ofCall = (call: Call, place: Place, resolver: Resolver, packages: string[]): OutboundCall[] => {
  const { module } = place
  const path = resolver.external(call.callee, place) ?? ''
  const from = packages.find(name => path.startsWith(`${name}${module.language === 'python' ? '.' : ':'}`))
  if (from === undefined) return []
  const [, wait] = networks[from]?.find(([called]) => called.test(path.slice(from.length + 1))) ?? []
  if (!wait) return []
  const own = wait(call, place, resolver, path)
  const isEnded = own === 'present' || isEndedByTimer({ ...place, value: call }, resolver)
  // what ends the wait for a connection ends none of the waits on it
  const timeout = isEnded
    ? 'present'
    : own === 'undecided'
      ? own
      : bestOf([around(call.at, place, resolver), byCallers(call, place, resolver)])
  return [{ kind: 'network', what: shownPath(path), file: module.path, line: call.line, timeout, method: null }]
}

/** Where the server speaks to other machines over something else than HTTP. */
export const networkCalls = gatherer<
  OutboundCall[],
  { modules: typeof modules; entered: typeof entered; project: typeof project }
>({
  id: 'network-calls',
  impact: 'read',
  from: 'repository',
  needs: { modules, entered, project },
  gather: (_, { modules, entered, project }) => {
    const resolver = openResolver(modules)
    const all = ownModules(entered, project)
    const hasDefault = all.some(module =>
      module.calls.some(
        ({ callee, arguments: [amount] }) => nameOf(callee) === 'setdefaulttimeout' && amount?.is !== 'constant',
      ),
    )
    return all.flatMap(module => {
      const packages = importedBy(module).filter(name => !hasDefault || !followsDefault.test(name))
      const place: Place = { module, frames: [] }
      return packages.length === 0
        ? []
        : module.calls.flatMap(call =>
            entered.packageAt(module, call.at) === null ? ofCall(call, place, resolver, packages) : [],
          )
    })
  },
})
