import type { Call, Module } from './values.ts'

/** The calls of a file that add to the list of a name: `names.push(x)`, `names.extend(more)`. */
export const openAdditions = (): ((name: string, module: Module) => Call[]) => {
  const known = new Map<Module, Map<string, Call[]>>()

  const additionsIn = ({ calls }: Module): Map<string, Call[]> => {
    const byName = new Map<string, Call[]>()
    for (const call of calls) {
      const { callee } = call
      if (callee.is !== 'member' || callee.of.is !== 'name' || !/^(push|append|extend|add)$/.test(callee.name)) continue
      const same = byName.get(callee.of.name)
      if (same) same.push(call)
      else byName.set(callee.of.name, [call])
    }
    return byName
  }

  return (name, module) => {
    const byName = known.get(module) ?? additionsIn(module)
    known.set(module, byName)
    return byName.get(name) ?? []
  }
}
