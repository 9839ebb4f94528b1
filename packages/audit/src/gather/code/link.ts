import { fileOf } from './locate.ts'
import type { Modules } from './modules.ts'
import type { Call, FunctionValue, Module, Value } from './values.ts'

/** A call that is being followed: what its parameters stand for. */
export interface Frame {
  function: FunctionValue
  call: Call
  caller: Place
}

export interface Place {
  module: Module
  frames: Frame[]
}

/** Something that cannot be followed further: a literal, a definition, or a name of another package. */
export interface Thing extends Place {
  value: Value | { is: 'external'; path: string } | { is: 'namespace'; of: Module }
}

export const unknown = (place: Place): Thing => ({ ...place, value: { is: 'unknown' } })
export const at = (module: Module, frames: Frame[] = []): Place => ({ module, frames })

/** Follows imports to the files of the repository, or to names of other packages. */
export const openLinks = (
  { byPath, places }: Pick<Modules, 'byPath' | 'places'>,
  things: (value: Value, place: Place) => Thing[],
) => {
  const moduleOf = (from: Module, name: string): Module | null => {
    const path = fileOf(from, name, places)
    return (path && byPath.get(path)) || null
  }

  const exported = (module: Module, name: string, seen: Set<Module>): Thing[] => {
    if (seen.has(module)) return []
    seen.add(module)
    const own = module.exports.filter(entry => entry.name === name)
    const direct = own.length > 0 ? own : module.exports.filter(entry => entry.name === '*')
    return direct.flatMap(({ value, name: key }) => {
      if (key !== '*' || value.is !== 'import') return things(value, at(module))
      const other = moduleOf(module, value.module)
      return other ? exported(other, name, seen) : []
    })
  }

  const imported = (module: string, name: string, from: Place): Thing[] => {
    const python = from.module.language === 'python'
    const sub = python && name !== '*' ? moduleOf(from.module, `${module.replace(/\.$/, '')}.${name}`) : null
    const file = moduleOf(from.module, module)
    if (file && name === '*') return [{ ...at(file), value: { is: 'namespace', of: file } }]
    // a package that imports its own submodule by name
    const found = file && !(sub && file === from.module) ? exported(file, name, new Set()) : []
    if (found.length > 0) return found
    if (sub) return [{ ...at(sub), value: { is: 'namespace', of: sub } }]
    if (file || module.startsWith('.')) return [unknown(from)]
    const path = python
      ? `${module}${name === '*' ? '' : `.${name}`}`
      : `${module.replace(/^node:/, '')}:${/^(\*|default)$/.test(name) ? '' : name}`
    return [{ ...from, value: { is: 'external', path } }]
  }

  return { moduleOf, exported, imported }
}
