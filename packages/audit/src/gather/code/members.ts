import { unknown, type Place, type Thing } from './link.ts'
import { fieldOf, nameOf, type ClassValue, type Module, type Value } from './values.ts'

/** What `x.name` stands for, by what `x` is. */
export const openMembers = (
  exported: (module: Module, name: string, seen: Set<Module>) => Thing[],
  things: (value: Value, place: Place) => Thing[],
): ((thing: Thing, name: string) => Thing[]) => {
  const memberOfClass = (owner: ClassValue, name: string, place: Place, seen = new Set<ClassValue>()): Thing[] => {
    if (seen.has(owner)) return []
    seen.add(owner)
    const own = owner.members.filter(member => member.name === name && member.value.is !== 'unknown')
    if (own.length > 0) return own.flatMap(({ value }) => things(value, place))
    return owner.bases.flatMap(base =>
      things(base, place).flatMap(thing =>
        thing.value.is === 'class' ? memberOfClass(thing.value, name, thing, seen) : [],
      ),
    )
  }

  const memberOf = (thing: Thing, name: string): Thing[] => {
    const { value } = thing
    switch (value.is) {
      case 'external': {
        const joint = value.path.endsWith(':') ? '' : '.'
        return [{ ...thing, value: { is: 'external', path: `${value.path}${joint}${name}` } }]
      }
      case 'namespace': {
        const found = exported(value.of, name, new Set())
        return found.length > 0 ? found : [unknown(thing)]
      }
      case 'record': {
        const own = fieldOf(value.fields, name)
        if (own) return things(own, thing)
        const spreads = value.fields.filter(([key]) => key === '...').map(([, spread]) => spread)
        if (value.fields.some(([key]) => key === '')) return [unknown(thing)]
        const found = spreads.flatMap(spread => things({ is: 'member', of: spread, name }, thing))
        return found.length > 0 ? found : [{ ...thing, value: { is: 'constant', of: null } }]
      }
      case 'class': {
        const found = memberOfClass(value, name, thing)
        return found.length > 0 ? found : [unknown(thing)]
      }
      case 'text':
        return name === 'value' ? [thing] : [unknown(thing)]
      case 'call': {
        const made = things(value.callee, thing)
        return made.flatMap(maker => {
          if (maker.value.is === 'class') return memberOf({ ...thing, module: maker.module, value: maker.value }, name)
          if (maker.value.is === 'external')
            return [{ ...thing, value: { is: 'external', path: `${maker.value.path}().${name}` } }]
          return [unknown(thing)]
        })
      }
      case 'function': {
        const isProperty = thing.module.decorated.some(
          ({ decorator, function: of }) => of === value && /^(cached_)?property$/.test(nameOf(decorator)),
        )
        // `self.client.get()`, where `client` is a property of the class
        const made = isProperty ? value.returns.flatMap(given => things(given, thing)) : []
        return made.length > 0 ? made.flatMap(each => memberOf(each, name)) : [unknown(thing)]
      }
      default:
        return [unknown(thing)]
    }
  }

  return memberOf
}
