import {
  fieldOf,
  nameOf,
  visibleAt,
  type ClassValue,
  type Declaration,
  type Module,
  type Value,
} from './code/values.ts'
import { isFieldKeptSmall, isKeptSmall, type Uses } from './kept-small.ts'
import { openMadeOnce } from './made-once.ts'
import type { Reach } from './reach.ts'

/** A list or a table that is empty at first, and there once for all requests. */
export interface LastingCollection {
  /** With what it is a field of. */
  name: string
  kind: 'list' | 'map'
  isKeptSmall(uses: Uses): boolean
}

const kindOf = (value: Value): LastingCollection['kind'] | null => {
  if (value.is === 'list' && value.items.length === 0) return 'list'
  if (value.is === 'record' && value.fields.length === 0) return 'map'
  if (value.is !== 'call' || value.arguments.length > 0) return null
  // a field of a dataclass
  const factory = fieldOf(value.named, 'default_factory')
  const name = nameOf(factory ?? value.callee)
  return name === 'Map' || name === 'dict' ? 'map' : name === 'list' ? 'list' : null
}

/** The declaration of the file that a name stands for, if nothing else binds it. */
export const sharedBy = (value: Value, module: Module, { bodies }: Reach): Declaration | null => {
  if (value.is !== 'name') return null
  const [declared, ...others] = visibleAt(module, value.name, value.at)
  if (!declared || others.length > 0 || bodies.around(module, Math.max(0, declared.at - 1)) !== null) return null
  return declared
}

/** What it is of the object of a class; null where it is set to several kinds of things. */
const kindIn = ({ members }: ClassValue, name: string): LastingCollection['kind'] | null => {
  const set = members.filter(member => member.name === name && member.value.is !== 'unknown')
  const [kind = null, ...others] = new Set(set.map(({ value }) => kindOf(value)))
  return others.length === 0 ? kind : null
}

/** Finds the collection that an expression in a function stands for, where it is sure to outlive the request. */
export const openLastingCollections = (reach: Reach): ((value: Value, module: Module) => LastingCollection | null) => {
  const { resolver, modules } = reach
  const isMadeOnce = openMadeOnce(reach)

  const fieldIn = (owner: string, name: string, kind: LastingCollection['kind'] | null): LastingCollection | null =>
    kind && { name: `${owner}.${name}`, kind, isKeptSmall: uses => isFieldKeptSmall(name, modules, uses) }

  const ofField = ({ of, name }: Value & { is: 'member' }, module: Module): LastingCollection | null => {
    const things = resolver.things(of, { module, frames: [] })
    const [thing] = things
    if (!thing || things.length > 1) return null
    const { value } = thing
    if (value.is === 'record') {
      const shared = sharedBy(of, module, reach)
      const field = shared?.value === value ? fieldOf(value.fields, name) : undefined
      return field ? fieldIn(nameOf(of), name, kindOf(field)) : null
    }
    const owners = value.is === 'call' ? resolver.things(value.callee, thing).map(one => one.value) : [value]
    const [owner] = owners
    if (owners.length > 1 || owner?.is !== 'class') return null
    const kind = kindIn(owner, name)
    return kind && isMadeOnce(owner) ? fieldIn(owner.name, name, kind) : null
  }

  return (value, module) => {
    if (value.is === 'member') return ofField(value, module)
    const shared = sharedBy(value, module, reach)
    const kind = shared ? kindOf(shared.value) : null
    return (
      shared && kind && { name: shared.name, kind, isKeptSmall: uses => isKeptSmall(shared, module, modules, uses) }
    )
  }
}
