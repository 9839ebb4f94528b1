import type { ClassValue, Module, Value } from '../code/values.ts'
import { distinct, nil, outside, sizesOf, some, unmarked, type Datum } from './data.ts'
import { setBy, withAdded } from './fields.ts'
import { offsetOf, type Machine } from './machine.ts'
import { propertyOfText } from './texts.ts'

const ofRecord = (record: Datum & { is: 'record' }, name: string, machine: Machine): Datum[] => {
  const { fields } = record.of
  for (let index = fields.length - 1; index >= 0; index--) {
    const [key, value] = fields[index] ?? ['', undefined]
    if (!value) continue
    // an empty list in a record is what stands there before anything is set
    if (key === name)
      return value.is === 'list' && value.items.length === 0 ? [some()] : machine.values(value, record.frame)
    if (key === '') return [some(machine.marks(record))]
    if (key !== '...') continue
    const spread = machine.values(value, record.frame).flatMap(one => machine.member(one, name))
    if (spread.some(one => one.is !== 'constant' || one.of !== null)) return spread
  }
  return [nil]
}

const constructor = /^(constructor|__init__)$/

/** Fields and methods of a class and of those it is made from. */
const ofClass = (
  owner: ClassValue,
  module: Module,
  self: Datum,
  name: string,
  machine: Machine,
  depth = 0,
): Datum[] | null => {
  const members = owner.members.filter(member => member.name === name && member.value.is !== 'unknown')
  const found = members.flatMap(({ value }): Datum[] => {
    if (value.is === 'function') {
      const method: Datum = { is: 'closure', of: value, frame: machine.top(module), self }
      return [method]
    }
    const around = 'at' in value ? machine.bodies.around(module, value.at) : enclosing(value, owner, module, machine)
    if (!around) return machine.values(value, machine.top(module))
    const isMade = self.is === 'instance' && self.made?.function === around
    const set = isMade ? null : setBy(value, around, { name, self, module }, machine)
    if (set) return set
    const frame = isMade
      ? self.made
      : machine.enter({ is: 'closure', of: around, frame: machine.top(module), self }, null)
    return frame ? machine.values(value, frame) : []
  })
  if (members.length > 0) return distinct(withAdded(found, owner, { name, self, module }, machine))
  if (depth > 5) return null
  for (const base of owner.bases)
    for (const one of machine.values(base, machine.top(module))) {
      const inherited = one.is === 'class' ? ofClass(one.of, one.module, self, name, machine, depth + 1) : null
      if (inherited) return inherited
      if (one.is === 'some' && one.path) return [outside(`${one.path}().${name}`)]
    }
  return null
}

/** Where a field without a place of its own is set: most often in the constructor. */
const enclosing = (value: Value, owner: ClassValue, module: Module, machine: Machine) => {
  const offset = offsetOf(value)
  if (offset !== null) return machine.bodies.around(module, offset)
  const made = owner.members.find(({ name }) => constructor.test(name))?.value
  return made?.is === 'function' ? made : null
}

const ofNamespace = (of: Module, name: string, machine: Machine): Datum[] => {
  const own = of.exports.filter(entry => entry.name === name)
  const from = own.length > 0 ? own : of.exports.filter(entry => entry.name === '*')
  const found = from.flatMap(({ name: key, value }) => {
    if (key !== '*') return machine.values(value, machine.top(of))
    return machine
      .values(value, machine.top(of))
      .flatMap(one => (one.is === 'namespace' ? machine.member(one, name) : []))
  })
  return found.length > 0 ? distinct(found) : [some()]
}

/** What stands behind a dot, or in brackets with a literal name. */
export const memberOf = (of: Datum, name: string, machine: Machine): Datum[] => {
  switch (of.is) {
    case 'some': {
      if (of.path === null) return [some(of.marks, of.why)]
      const joint = of.path.endsWith(':') ? '' : '.'
      const path = `${of.path}${joint}${name}`
      return [of.marks.size === 0 && of.why === null ? outside(path) : some(of.marks, of.why, path)]
    }
    case 'record': {
      const { chosen } = of
      const found = ofRecord(of, name, machine)
      return chosen ? found.map(one => (one.is === 'constant' ? { ...one, marks: chosen } : one)) : found
    }
    case 'fields':
      return of.fields.get(name) ?? [{ is: 'method', of, name }]
    case 'namespace':
      return ofNamespace(of.of, name, machine)
    case 'instance':
      return ofClass(of.of, of.module, of, name, machine) ?? [some(unmarked, null)]
    case 'class':
      return ofClass(of.of, of.module, of, name, machine) ?? [some(unmarked, null)]
    case 'input':
      // of one of the arguments it is how long it is
      return name === 'length' && of.path.length > 0
        ? [some()]
        : of.url
          ? ofUrl(of, name, machine)
          : [inputMember(of, name)]
    case 'text':
      return propertyOfText(of, name) ?? [{ is: 'method', of, name }]
    case 'list':
      return name === 'length' ? sizesOf(of) : [{ is: 'method', of, name }]
    case 'closure':
    case 'pattern':
    case 'method':
      return [{ is: 'method', of, name }]
    default:
      return [nil]
  }
}

export const inputMember = ({ declared, path }: Datum & { is: 'input' }, name: string): Datum => ({
  is: 'input',
  declared,
  path: [...path, name],
})

/** The path of a URL begins with a slash, and its host is what the template says, where it says one. */
const ofUrl = (of: Datum & { is: 'input' }, name: string, machine: Machine): Datum[] => {
  if (of.url !== 'any' && /^(origin|host|hostname|port|protocol|username|password)$/.test(name)) return [some()]
  const parts = [inputMember(of, name)]
  if (name !== 'pathname') return parts
  return parts
    .flatMap(machine.plain)
    .map(part => (part.is === 'text' && !part.text.startsWith('/') ? { ...part, text: `/${part.text}` } : part))
}
