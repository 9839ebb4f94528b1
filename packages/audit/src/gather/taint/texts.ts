import { posix } from 'node:path'
import { answerOf, rangeOf } from './addresses.ts'
import { joined, nil, some, text, truth, unmarked, type Datum, type Marks } from './data.ts'
import type { Given, Machine } from './machine.ts'
import { isIn } from './compare.ts'
import { foundBy, missedBy } from './captures.ts'
import { replaced, tested, type Pattern } from './patterns.ts'

/** What a datum is within a text; null when it depends on a request and is not known. `front` says it begins one. */
export const textOf = (datum: Datum, front: boolean, machine: Machine): string | null => {
  switch (datum.is) {
    case 'text':
      return datum.text
    case 'number':
      return Number.isNaN(datum.number) ? '7' : String(datum.number)
    case 'constant':
      return String(datum.of)
    case 'list': {
      const items = datum.items.map((item, index) => textOf(item, front && index === 0, machine))
      return items.every(item => item !== null) ? items.join(',') : null
    }
    case 'input':
      return null
    default:
      if (machine.marks(datum).size > 0) return null
      return front ? machine.trial.unknown.front : machine.trial.unknown.inside
  }
}

const properties = new Map<string, (url: URL) => string>([
  ['href', url => url.href],
  ['host', url => url.host],
  ['hostname', url => url.hostname],
  ['netloc', url => url.host],
  ['origin', url => url.origin],
  ['pathname', url => url.pathname],
  ['path', url => url.pathname],
  ['port', url => url.port],
  ['protocol', url => url.protocol],
  ['scheme', url => url.protocol.replace(':', '')],
  ['search', url => url.search],
  ['query', url => url.search.replace('?', '')],
  ['hash', url => url.hash],
  ['fragment', url => url.hash.replace('#', '')],
  ['username', url => url.username],
  ['password', url => url.password],
])

/** What a text has behind a dot without being called: parts of a URL or of a path. */
export const propertyOfText = (of: Datum & { is: 'text' }, name: string): Datum[] | null => {
  if (of.as === 'url') {
    const part = properties.get(name)
    return part && URL.canParse(of.text) ? [text(part(new URL(of.text)), of.marks)] : null
  }
  if (of.as === 'path') {
    const as = (value: string, kind: 'text' | 'path'): Datum[] => [text(value, of.marks, kind)]
    if (name === 'parent') return as(posix.dirname(of.text), 'path')
    if (name === 'name') return as(posix.basename(of.text), 'text')
    if (name === 'stem') return as(posix.parse(of.text).name, 'text')
    if (name === 'suffix') return as(posix.extname(of.text), 'text')
    if (name === 'parts')
      return [{ is: 'list', items: of.text.split('/').map(part => text(part === '' ? '/' : part, of.marks)) }]
    if (name === 'parents') {
      const parents: string[] = []
      for (let one = posix.dirname(of.text); parents.length < 40; one = posix.dirname(one)) {
        parents.push(one)
        if (one === posix.dirname(one)) break
      }
      return [{ is: 'list', items: parents.map(one => text(one, of.marks, 'path')) }]
    }
  }
  if (of.as === 'address') {
    const answer = answerOf(of.text, name)
    if (answer !== null) return [truth(answer, of.marks)]
    if (name === 'ipv4_mapped' || name === 'sixtofour' || name === 'teredo') return [nil]
    if (name === 'version') return [{ is: 'number', number: 4 }]
  }
  return name === 'length' ? [{ is: 'number', number: of.text.length }] : null
}

const number = (datum: Datum | undefined): number | undefined =>
  datum?.is === 'number' && !Number.isNaN(datum.number) ? datum.number : undefined

const simpleMethods = new Map<string, (of: string) => string>([
  ['trim', of => of.trim()],
  ['trimStart', of => of.trimStart()],
  ['trimEnd', of => of.trimEnd()],
  ['toLowerCase', of => of.toLowerCase()],
  ['toLocaleLowerCase', of => of.toLowerCase()],
  ['toUpperCase', of => of.toUpperCase()],
  ['normalize', of => of],
  ['toString', of => of],
  ['valueOf', of => of],
  ['lower', of => of.toLowerCase()],
  ['upper', of => of.toUpperCase()],
  ['casefold', of => of.toLowerCase()],
  ['title', of => of],
  ['capitalize', of => of],
  ['encode', of => of],
  ['decode', of => of],
  ['expanduser', of => of],
  ['as_posix', of => of],
])

const stripped = (of: string, characters: string | undefined, how: string): string => {
  const isOut = (character: string): boolean =>
    characters === undefined ? /\s/.test(character) : characters.includes(character)
  let [from, to] = [0, of.length]
  if (how !== 'rstrip') while (from < to && isOut(of[from] ?? '')) from++
  if (how !== 'lstrip') while (to > from && isOut(of[to - 1] ?? '')) to--
  return of.slice(from, to)
}

const patternOf = (datum: Datum | undefined): Pattern | null => {
  if (datum?.is === 'pattern') return datum
  return null
}

/** The parts of a text that was taken apart: what has nothing of the attack in it does not depend on it. */
export const apart = (parts: string[], by: string | null | undefined, marks: Marks, { trial }: Machine): Datum => {
  const pieces = trial.sample
    .toLowerCase()
    .split(by?.toLowerCase() ?? /\s+/)
    .filter(Boolean)
  const isOf = (part: string): boolean => {
    const written = part.toLowerCase()
    return pieces.some(piece => written.startsWith(piece) || written.endsWith(piece) || piece.includes(written))
  }
  const isKnown = parts.some(isOf)
  return { is: 'list', items: parts.map(part => text(part, !isKnown || isOf(part) ? marks : unmarked)) }
}

/** A method of a text whose content is known; null when it is not one that is known here. */
export const methodOfText = (
  of: Datum & { is: 'text' },
  name: string,
  { positional }: Given,
  given: Datum[],
  machine: Machine,
): Datum[] | null => {
  const [first, second] = given
  const marks = joined([of.marks, ...given.map(one => machine.marks(one))])
  const unsure = (): Datum[] => [some(marks, `${name}() of something that is not known`)]
  const argument = (one: Datum | undefined, front = false): string | undefined =>
    one === undefined ? undefined : (textOf(one, front, machine) ?? undefined)
  const made = (value: string): Datum[] => [text(value, marks)]
  const simple = simpleMethods.get(name)
  if (simple)
    return [{ ...of, text: simple(of.text), as: /^(toString|encode|decode|as_posix)$/.test(name) ? 'text' : of.as }]
  switch (name) {
    case 'startsWith':
    case 'startswith':
    case 'endsWith':
    case 'endswith': {
      const options = first?.is === 'list' ? first.items : first ? [first] : []
      const texts = options.map(option => argument(option, true))
      if (texts.some(option => option === undefined)) return unsure()
      const isStart = name.startsWith('starts')
      if (isStart && of.marks.size > 0)
        for (const option of texts) if (option && option.length > 1) machine.trial.prefixes.add(option)
      if (!isStart && of.marks.size > 0)
        for (const option of texts) if (option && option.length > 1) machine.trial.endings.add(option)
      return [
        truth(
          texts.some(option => (isStart ? of.text.startsWith(option ?? '') : of.text.endsWith(option ?? ''))),
          marks,
        ),
      ]
    }
    case 'includes':
      return first ? [isIn(first, of, machine)] : null
    case 'indexOf':
    case 'find':
    case 'search': {
      const pattern = patternOf(first)
      if (pattern) {
        const found = tested(pattern, of.text)
        return found === null ? unsure() : [{ is: 'number', number: found ? of.text.length - 1 : -1 }]
      }
      const wanted = argument(first)
      return wanted === undefined ? unsure() : [{ is: 'number', number: of.text.indexOf(wanted) }]
    }
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return first && first.is !== 'text' ? unsure() : made(stripped(of.text, argument(first), name))
    case 'removeprefix':
      return made(of.text.startsWith(argument(first) ?? '\0') ? of.text.slice(argument(first)?.length) : of.text)
    case 'removesuffix':
      return made(
        of.text.endsWith(argument(first) ?? '\0') ? of.text.slice(0, -(argument(first)?.length ?? 0)) : of.text,
      )
    case 'slice':
    case 'substring':
    case 'substr': {
      const [from, to] = [number(first), number(second)]
      if (from === undefined || (second && to === undefined)) return unsure()
      return made(name === 'slice' ? of.text.slice(from, to) : of.text.substring(from, to))
    }
    case 'charAt':
    case 'at':
      return number(first) === undefined ? unsure() : made(of.text.at(number(first) ?? 0) ?? '')
    case 'concat':
      return given.every(one => one.is === 'text') ? made(of.text + given.map(one => argument(one)).join('')) : unsure()
    case 'split': {
      const pattern = patternOf(first)
      const by = pattern ? null : argument(first)
      if (pattern) {
        const spaced = replaced(pattern, of.text, '\0', true)
        return spaced === null ? unsure() : [{ is: 'list', items: spaced.split('\0').map(one => text(one, marks)) }]
      }
      const parts = by === undefined || by === null ? of.text.split(/\s+/).filter(Boolean) : of.text.split(by)
      // without an argument one language splits at blanks, the other not at all
      return [apart(first || positional.length === 0 ? parts : [of.text], by, marks, machine)]
    }
    case 'splitlines':
      return [{ is: 'list', items: of.text.split('\n').map(one => text(one, marks)) }]
    case 'partition':
    case 'rpartition': {
      const by = argument(first)
      if (by === undefined) return unsure()
      const at = name === 'partition' ? of.text.indexOf(by) : of.text.lastIndexOf(by)
      const parts = at < 0 ? [of.text, '', ''] : [of.text.slice(0, at), by, of.text.slice(at + by.length)]
      return [{ is: 'list', items: parts.map(one => text(one, marks)) }]
    }
    case 'replace':
    case 'replaceAll': {
      const pattern = patternOf(first)
      const by =
        second?.is === 'closure'
          ? machine.apply(second, { positional: [[text('x')]], named: new Map() }, null)[0]
          : second
      const put = argument(by)
      const isAll = name === 'replaceAll' || pattern?.flags.includes('g') === true || of.as === 'path'
      if (put === undefined || second?.is === 'closure') return unsure()
      if (pattern) {
        const found = replaced(pattern, of.text, put, isAll)
        return found === null ? unsure() : made(found)
      }
      const wanted = argument(first)
      if (wanted === undefined) return unsure()
      // a text is replaced once in one language, everywhere in the other
      const isPython = machine.trial.language === 'python'
      return made(isAll || isPython ? of.text.replaceAll(wanted, () => put) : of.text.replace(wanted, () => put))
    }
    case 'match':
    case 'matchAll': {
      const pattern = patternOf(first)
      const found = pattern ? tested(pattern, of.text) : null
      if (!pattern || found === null) return unsure()
      return found ? [foundBy(pattern, of.text, marks, machine)] : [missedBy(pattern, marks, machine)]
    }
    case 'range':
      return of.as === 'address' ? made(rangeOf(of.text)) : null
    case 'isdigit':
    case 'isnumeric':
    case 'isdecimal':
      return [truth(/^\d+$/.test(of.text), marks)]
    case 'isalnum':
      return [truth(/^[\p{L}\p{N}]+$/u.test(of.text), marks)]
    case 'isalpha':
      return [truth(/^\p{L}+$/u.test(of.text), marks)]
    case 'isidentifier':
      return [truth(/^[\p{L}_][\p{L}\p{N}_]*$/u.test(of.text), marks)]
    case 'join': {
      const items = first ? machine.items(first)?.flatMap(machine.plain) : null
      const texts = items?.map((item, index) => textOf(item, index === 0, machine))
      return texts?.every(one => one !== null) ? made(texts.join(of.text)) : unsure()
    }
    case 'format':
      return formatted(of, given, marks, machine)
    case 'localeCompare':
    case 'charCodeAt':
    case 'codePointAt':
    case 'count':
      return [{ is: 'number', number: Number.NaN }]
    default:
      return null
  }
}

/** `"{} is {name}".format(...)`, as far as it is put together in the order of what is given. */
const formatted = (of: Datum & { is: 'text' }, given: Datum[], marks: Marks, machine: Machine): Datum[] => {
  let next = 0
  let isKnown = true
  const made = of.text.replaceAll(/\{([^{}]{0,100})\}/g, (_, name: string) => {
    const index = /^\d+/.test(name) ? Number.parseInt(name, 10) : next++
    const one = given[index]
    const shown = one ? textOf(one, index === 0, machine) : null
    if (shown === null) isKnown = false
    return shown ?? ''
  })
  return [isKnown ? text(made, marks) : some(marks, 'a text that is put together')]
}
