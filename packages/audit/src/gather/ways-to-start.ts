import { fileOf } from './code/locate.ts'
import type { Modules } from './code/modules.ts'
import type { Module } from './code/values.ts'
import type { Ways } from './failed-starts.ts'
import type { Reach } from './reach.ts'
import type { TransportStart } from './transport-starts.ts'

/** The functions that lead to a start over stdio, each with the offset at which the way goes on. */
export const waysTo = (starts: TransportStart[], modules: Module[], { bodies, resolver }: Reach): Ways => {
  const ways: Ways = new Map()
  const add = (module: Module, at: number, depth: number): void => {
    const of = bodies.around(module, at)
    const key = of ?? module
    const known = ways.get(key)
    if (known) {
      known.ats.push(at)
      return
    }
    ways.set(key, { module, ats: [at] })
    if (!of || depth > 8) return
    for (const { call, module: caller } of resolver.callers(of, module)) add(caller, call.at, depth + 1)
    // `(async () => { ... })()`, and handlers that a framework calls
    if (of.name === null) add(module, of.at - 1, depth + 1)
  }
  for (const { kind, module, at } of starts) if (kind === 'stdio' && modules.includes(module)) add(module, at, 0)
  return ways
}

/** Files and all that they import. */
export const loadedBy = (starts: Module[], { byPath, places }: Modules): Set<Module> => {
  const loaded = new Set<Module>()
  const open = [...starts]
  for (let next = open.pop(); next; next = open.pop()) {
    if (loaded.has(next)) continue
    loaded.add(next)
    const from = next
    for (const { value } of [...from.declarations, ...from.exports]) {
      if (value.is !== 'import') continue
      for (const name of [value.module, `${value.module.replace(/\.$/, '')}.${value.name}`]) {
        const path = fileOf(from, name, places)
        const found = path ? byPath.get(path) : undefined
        if (found) open.push(found)
      }
    }
  }
  return loaded
}
