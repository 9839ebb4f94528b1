import type * as scslre from 'scslre'

type Node = scslre.AnalysisResult['parsed']['pattern']
type Alternative = Node['alternatives'][number]
type Element = Alternative['elements'][number]

/** The characters that are tried: letters, digits, signs and white space are enough to tell two classes apart. */
const tried = [...Array(127).keys(), 0xe9, 0x4e2d].map(code => String.fromCharCode(code))

const maxSequences = 8
const maxTimes = 8

/** The characters that an element takes; null when it is more than one character. */
const charactersOf = ({ type, raw }: Element, flags: string): Set<string> | null => {
  if (type !== 'Character' && type !== 'CharacterClass' && type !== 'CharacterSet') return null
  const one = new RegExp(`^(?:${raw})$`, flags.replaceAll(/[^isu]/g, ''))
  return new Set(tried.filter(character => one.test(character)))
}

/** How often a repetition may take what it holds: two of the numbers are enough to tell that there are several. */
const timesOf = (element: Element): number[] => {
  if (element.type !== 'Quantifier') return [1]
  const { min, max } = element
  return max === min ? [min] : [min, min + 1]
}

/** The texts of an alternative, each as the characters in each place; null when it is not made of characters alone. */
const sequencesOf = ({ elements }: Alternative, flags: string): Set<string>[][] | null => {
  let found: Set<string>[][] = [[]]
  for (const element of elements) {
    const isEndless = element.type === 'Quantifier' && element.max === Infinity
    const characters = charactersOf(element.type === 'Quantifier' ? element.element : element, flags)
    const times = timesOf(element)
    // what has no end is known to the analysis of the library
    if (!characters || isEndless || times.some(each => each > maxTimes)) return null
    found = found.flatMap(one => times.map(each => [...one, ...Array.from({ length: each }, () => characters)]))
    if (found.length > maxSequences) return null
  }
  const filled = found.filter(({ length }) => length > 0)
  return filled.length > 0 ? filled : null
}

const repeated = (list: Set<string>[], times: number): Set<string>[] => Array.from({ length: times }, () => list).flat()

/** Some text is made of both, each as often as it takes to be as long as the other. */
const isShared = (one: Set<string>[], other: Set<string>[]): boolean => {
  if (one.length * other.length > 64) return false
  const [first, second] = [repeated(one, other.length), repeated(other, one.length)]
  return first.every((characters, index) => [...characters].some(each => second[index]?.has(each)))
}

const isSame = (one: Set<string>[], other: Set<string>[]): boolean =>
  one.length === other.length && one.every((characters, index) => [...characters].some(each => other[index]?.has(each)))

/** Two after each other take what a third one takes alone: `(a|b|ab)+`. */
const isJoined = (all: Set<string>[][]): boolean =>
  all.length <= maxSequences &&
  all.some(whole => all.some(first => all.some(second => isSame(whole, [...first, ...second]))))

/** It takes at least one character, or looks at what comes. */
const isNeeded = (element: Element): boolean =>
  element.type === 'Quantifier'
    ? element.min > 0
    : element.type !== 'CapturingGroup' && element.type !== 'Group'
      ? true
      : element.alternatives.every(({ elements }) => elements.some(isNeeded))

type Group = Extract<Element, { type: 'CapturingGroup' | 'Group' }>

/** A group that holds nothing but another one. */
const unwrapped = (group: Group): Group => {
  const [only] = group.alternatives.length === 1 ? (group.alternatives[0]?.elements ?? []) : []
  const isAlone = group.alternatives[0]?.elements.length === 1
  return isAlone && (only?.type === 'CapturingGroup' || only?.type === 'Group') ? unwrapped(only) : group
}

/** `(?:.b|a.)+x`: a text of such pairs is taken in twice as many ways with each pair, and each is tried before it fails. */
const isAmbiguousIn = (elements: Element[], canFail: boolean, flags: string): boolean =>
  elements.some((element, index) => {
    const fails = canFail || elements.slice(index + 1).some(isNeeded)
    const inner = element.type === 'Quantifier' ? element.element : element
    if (inner.type !== 'CapturingGroup' && inner.type !== 'Group') return false
    const { alternatives } = unwrapped(inner)
    if (element.type === 'Quantifier' && element.max > 20 && fails) {
      const all = alternatives.flatMap(one => sequencesOf(one, flags) ?? [])
      if (all.some((one, at) => all.slice(at + 1).some(other => isShared(one, other))) || isJoined(all)) return true
    }
    return alternatives.some(one => isAmbiguousIn(one.elements, fails, flags))
  })

/** Whether alternatives of a group that is repeated take the same text, and something after it may fail. */
export const isAmbiguous = (pattern: Node, flags: string): boolean =>
  pattern.alternatives.some(({ elements }) => isAmbiguousIn(elements, false, flags))
