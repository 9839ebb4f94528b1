import { posix } from 'node:path'
import { belowAsWritten, exists, folders, joinedPaths, realPath } from './folders.ts'
import { combinations, distinct, joined, nil, some, text, truth, unmarked, type Datum } from './data.ts'
import { resolvedWith } from './inner.ts'
import { libraryOf } from './library.ts'
import { methodOfList } from './lists.ts'
import type { Given, Machine } from './machine.ts'
import { foundBy, groupOf, missedBy } from './captures.ts'
import { matched, replaced, tested } from './patterns.ts'
import { methodOfText, textOf } from './texts.ts'
import type { Call } from '../code/values.ts'

/** What a method of pathlib makes of a path; null when it is none of these. */
const methodOfPath = (of: Datum & { is: 'text' }, name: string, given: Datum[], machine: Machine): Datum[] | null => {
  const [first] = given
  const marks = joined([of.marks, ...given.map(one => machine.marks(one))])
  const other = first ? textOf(first, true, machine) : null
  const path = (made: string): Datum[] => [text(made, marks, 'path')]
  switch (name) {
    case '__truediv__':
    case 'joinpath': {
      const parts = given.map(one => textOf(one, false, machine))
      return parts.every(part => part !== null)
        ? path(joinedPaths([of.text, ...parts]))
        : [some(marks, 'a path that is put together')]
    }
    case 'resolve':
      return path(realPath(of.text, false) ?? of.text)
    case 'absolute':
      return path(posix.resolve(folders.root, of.text))
    case 'expanduser':
      return path(of.text)
    case 'with_suffix':
    case 'with_name':
    case 'with_stem':
      return path(posix.join(posix.dirname(of.text), other ?? 'x'))
    case 'is_relative_to':
      return other === null ? [some(marks)] : [truth(belowAsWritten(other, of.text) !== null, marks)]
    case 'relative_to': {
      const inner = other === null ? null : belowAsWritten(other, of.text)
      return other === null ? [some(marks, 'relative_to()')] : inner === null ? [] : path(inner)
    }
    case 'is_absolute':
      return [truth(posix.isAbsolute(of.text), marks)]
    case 'exists':
    case 'is_file':
    case 'is_dir':
      return [exists(of.text) ? some() : truth(false)]
    case 'iterdir':
    case 'glob':
    case 'rglob':
    case 'read_text':
    case 'read_bytes':
    case 'stat':
    case 'open':
    case 'write_text':
    case 'write_bytes':
    case 'mkdir':
    case 'unlink':
    case 'touch':
    case 'samefile':
      return [some()]
    default:
      return null
  }
}

const methodOfPattern = (of: Datum & { is: 'pattern' }, name: string, given: Datum[], machine: Machine): Datum[] => {
  const subject = name === 'sub' ? given[1] : given[0]
  const written = subject ? textOf(subject, false, machine) : null
  const marks = subject ? machine.marks(subject) : unmarked
  if (written === null) return [some(marks, 'what a pattern found')]
  if (name === 'sub') {
    const by = given[0]?.is === 'text' ? replaced(of, written, given[0].text.replaceAll('$', '$$$$'), true) : null
    return [by === null ? some(marks, 'what a pattern replaces') : text(by, marks)]
  }
  const found =
    name === 'match' || name === 'fullmatch' ? matched(of, written, name === 'fullmatch') : tested(of, written)
  if (found === null) return [some(marks, 'a pattern that is not read here')]
  const isFromStart = name === 'match' || name === 'fullmatch'
  const missed = found ? null : missedBy(of, marks, machine, isFromStart)
  if (name === 'test') return [truth(found, marks)]
  return [missed ?? foundBy(of, written, marks, machine, isFromStart)]
}

/** `args.get("path", ".")`, `Object.hasOwn`, `table.items()`. */
const methodOfFields = (of: Datum, name: string, given: Datum[][], machine: Machine): Datum[] | null => {
  const [keys, otherwise] = given
  const [key] = keys ?? []
  if (/^(get|pop|setdefault|__getitem__)$/.test(name) && key) {
    if (key.is !== 'text') return (machine.items(of) ?? [some(machine.marks(of))]).concat(otherwise ?? [])
    const found = machine.member(of, key.text)
    const isThere = of.is !== 'record' || of.of.fields.some(([each]) => each === key.text)
    return of.is === 'input' ? [...found, ...(otherwise ?? [])] : isThere ? found : (otherwise ?? [nil])
  }
  const group = groupOf(of, name, key)
  if (group) return group
  if (/^(items|entries)$/.test(name))
    return [
      {
        is: 'list',
        items: (machine.items(of) ?? fieldsOf(of, machine)).map((item): Datum => ({
          is: 'list',
          items: [some(machine.marks(of)), item],
        })),
      },
    ]
  if (name === 'values') return [{ is: 'list', items: machine.items(of) ?? fieldsOf(of, machine) }]
  if (name === 'keys') return [{ is: 'list', items: [some(machine.marks(of))] }]
  if (/^(has|hasOwnProperty|__contains__)$/.test(name)) return [some()]
  if (/^(model_dump|dict|copy|toJSON)$/.test(name)) return [of]
  return null
}

const fieldsOf = (of: Datum, machine: Machine): Datum[] =>
  of.is === 'record'
    ? of.of.fields.flatMap(([key]) => (key === '...' || key === '' ? [] : machine.member(of, key)))
    : []

const promised = (of: Datum, name: string, { positional }: Given, machine: Machine): Datum[] | null => {
  const [callback] = positional
  if (name === 'then' && callback)
    return callback.flatMap(each => machine.apply(each, { positional: [[of]], named: new Map() }, null))
  return /^(catch|finally)$/.test(name) ? [of] : null
}

const listMethods =
  /^(map|flatMap|forEach|filter|find|findLast|some|every|includes|has|join|concat|slice|flat|reverse|sort|toSorted|values|entries|at|push|append|indexOf|count|pop|shift|reduce)$/

const shared = /^(slice|at|concat|includes|indexOf|entries)$/

const method = (of: Datum, name: string, given: Given, machine: Machine): Datum[] => {
  const waited = promised(of, name, given, machine)
  if (waited) return distinct(waited)
  if (of.is === 'record' || of.is === 'input' || of.is === 'fields') {
    const found = methodOfFields(of, name, given.positional, machine)
    if (found) return distinct(found)
  }
  const items = machine.items(of)
  // texts and lists have it: what a request carries may be either, and a list of it has any number of items
  const either = of.is === 'input' && shared.test(name) ? machine.plain(of) : []
  const isText = either.length > 0 && either.every(({ is }) => is !== 'input')
  const isUnknownList = of.is === 'some' && given.positional[0]?.[0]?.is === 'closure'
  return distinct(
    combinations(given.positional).flatMap(alternatives => {
      const plain = alternatives.flatMap(machine.plain)
      // a schema refuses what is given
      if (plain.length < alternatives.length) return []
      const isWhole = of.is === 'input' && name === 'slice'
      const made =
        (items || isUnknownList) && listMethods.test(name) && !(isText && machine.trial.attacked !== null)
          ? isWhole
            ? [{ is: 'list' as const, items: items ?? [] }]
            : methodOfList(items ?? [some(machine.marks(of))], name, given, plain, machine)
          : null
      const isOpen = isUnknownList || (of.is === 'list' && of.isOpen === true)
      const open = { isOpen: true as const, ...(of.is === 'list' && of.marks ? { marks: of.marks } : {}) }
      const counted = isOpen ? made?.map((one): Datum => (one.is === 'list' ? { ...one, ...open } : one)) : made
      if (counted) return isText ? [...counted, some(machine.marks(of), `${name}()`)] : counted
      if (of.is === 'some' && /^(includes|has)$/.test(name) && plain[0]?.is === 'text' && of.marks.size === 0)
        return methodOfList([some()], name, given, plain, machine) ?? []
      if (of.is === 'pattern') return methodOfPattern(of, name, plain, machine)
      return machine.plain(of).flatMap((one): Datum[] => {
        if (one.is === 'text' || (one.is === 'some' && name === '__truediv__')) {
          const written = one.is === 'text' ? one : asPath(one, machine)
          const isPath = written?.as === 'path' || name === '__truediv__'
          const made = written && isPath ? methodOfPath(written, name, plain, machine) : null
          const texted = made ?? (one.is === 'text' ? methodOfText(one, name, given, plain, machine) : null)
          if (texted) return texted
        }
        const marks = joined([machine.marks(one), ...plain.map(each => machine.marks(each))])
        return [some(marks, marks.size > 0 ? `${name}()` : null)]
      })
    }),
  )
}

const asPath = (of: Datum & { is: 'some' }, machine: Machine): (Datum & { is: 'text' }) | null =>
  of.marks.size > 0 ? null : { is: 'text', text: machine.trial.unknown.front, marks: unmarked, as: 'path' }

const bound = (
  of: Datum & { is: 'closure' },
  name: string,
  { positional, named }: Given,
  machine: Machine,
): Datum[] => {
  if (name === 'bind') return [of]
  if (name === 'call') return machine.apply(of, { positional: positional.slice(1), named }, null)
  if (name !== 'apply') return [some()]
  const items = (positional[1] ?? []).flatMap(list => machine.items(list) ?? [])
  return machine.apply(of, { positional: items.map(item => [item]), named }, null)
}

const constructed = (callee: Datum & { is: 'class' }, { named, positional }: Given, machine: Machine): Datum[] => {
  const { of, module } = callee
  const own = of.members.find(({ name }) => name === 'constructor' || name === '__init__')?.value
  const self: Datum = { is: 'instance', of, module, made: null }
  if (own?.is !== 'function') {
    const whole = named.get('...')?.[0]
    if (module.language !== 'python') return [self]
    // a model of pydantic or a data class: its arguments are its fields
    if (whole?.is === 'input') {
      const schema = { value: of, place: { module, frames: [] } }
      return [{ ...whole, declared: [...whole.declared, { schema, from: whole.path.length, isAdvice: false }] }]
    }
    const fields = new Map(named)
    const names = of.members.filter(({ value }) => value.is !== 'function').map(({ name }) => name)
    positional.forEach((value, index) => fields.set(names[index] ?? '', value))
    return fields.size > 0 ? [{ is: 'fields', fields }] : [self]
  }
  const made = machine.enter({ is: 'closure', of: own, frame: machine.top(module), self }, { named, positional })
  const isMarked = [...positional, ...named.values()].flat().some(one => machine.marks(one).size > 0)
  if (!isMarked) made.isTop = true
  self.made = made
  return [self]
}

/** A function is followed for each of the things that it may be given, so that they are not mixed. */
const separately = (given: Given): Given[] => {
  if (given.positional.every(alternatives => alternatives.length < 2)) return [given]
  return combinations(given.positional).map(positional => ({ ...given, positional: positional.map(one => [one]) }))
}

const maxNamed = 6

/** A method of something that is not known, when the repository has methods of that name. */
const byName = ({ callee }: Call, given: Given, machine: Machine): Datum[] | null => {
  if (callee.is !== 'member') return null
  const methods = machine.methods(callee.name)
  const isMarked = given.positional.flat().some(one => machine.marks(one).size > 0)
  if (!isMarked || methods.length === 0 || methods.length > maxNamed) return null
  const found = methods.flatMap(({ function: of, module }) =>
    machine.outcome(machine.enter({ is: 'closure', of, frame: machine.top(module), self: null }, given)),
  )
  return found.length > 0 ? distinct(found) : [some()]
}

/** Methods that answer with what something else knows. */
const asking =
  /^(query|execute|fetch|get|list|find|search|lookup|load|read|request|send|exec|all|prepare|connect|call|invoke|post|put|delete|create|update|describe|count|download|upload|subscribe|publish|emit|log|track|capture|record|save|store|remember|notify|wait|sleep)/i

/** What comes back from a call. */
export const apply = (callee: Datum, given: Given, call: Call | null, machine: Machine): Datum[] => {
  switch (callee.is) {
    case 'closure':
      return distinct(separately(given).flatMap(one => machine.outcome(machine.enter(callee, one))))
    case 'class':
      return constructed(callee, given, machine)
    case 'input': {
      const name = callee.path.at(-1) ?? ''
      return method({ ...callee, path: callee.path.slice(0, -1) }, name, given, machine)
    }
    case 'method':
      return callee.of.is === 'closure'
        ? bound(callee.of, callee.name, given, machine)
        : method(callee.of, callee.name, given, machine)
    case 'some': {
      const known = call && callee.path === null ? byName(call, given, machine) : null
      if (known) return known
      const name = call?.callee.is === 'member' ? call.callee.name : ''
      const [first] = given.positional[0] ?? []
      if (callee.path === 'global:Promise' && first?.is === 'closure') return resolvedWith(first, machine)
      const isPure =
        callee.path === null &&
        /^(then|catch|finally|map|flatMap|filter|find|some|every|forEach|includes|has|__truediv__)$/.test(name)
      const isList = callee.path !== null && first?.is === 'closure' && listMethods.test(name)
      if (isPure || isList || name === '__truediv__')
        return method(some(callee.marks, callee.why), name, given, machine)
      return distinct(
        combinations(given.positional).flatMap(alternatives => {
          const plain = alternatives.flatMap(machine.plain)
          if (plain.length < alternatives.length) return []
          const made = callee.path
            ? libraryOf(callee.path, plain, given.named, machine, given)
            : [
                asking.test(name)
                  ? some()
                  : some(
                      joined([...plain, ...[...given.named.values()].flat()].map(one => machine.marks(one))),
                      'a function that is not known',
                    ),
              ]
          const marks = callee.marks
          return marks.size === 0
            ? made
            : made.map(one => (one.is === 'some' ? { ...one, marks: joined([one.marks, marks]) } : one))
        }),
      )
    }
    default:
      return [some()]
  }
}
