import type * as scslre from 'scslre'

type Node = scslre.AnalysisResult['parsed']['pattern']
type Alternative = Node['alternatives'][number]
type Element = Alternative['elements'][number]

/** The characters that are tried: letters, digits, signs and white space are enough to tell two classes apart. */
const tried = [...Array(127).keys(), 0xe9, 0x4e2d].map(code => String.fromCharCode(code))

/** The characters that each element of an alternative takes; null when one of them is more than one character. */
const charactersOf = ({ elements }: Alternative, flags: string): Set<string>[] | null => {
  const found: Set<string>[] = []
  for (const { type, raw } of elements) {
    if (type !== 'Character' && type !== 'CharacterClass' && type !== 'CharacterSet') return null
    const one = new RegExp(`^(?:${raw})$`, flags.replaceAll(/[^isu]/g, ''))
    found.push(new Set(tried.filter(character => one.test(character))))
  }
  return found.length > 0 ? found : null
}

const repeated = (list: Set<string>[], times: number): Set<string>[] => Array.from({ length: times }, () => list).flat()

/** Some text is made of both, each as often as it takes to be as long as the other. */
const isShared = (one: Set<string>[], other: Set<string>[]): boolean => {
  if (one.length * other.length > 64) return false
  const [first, second] = [repeated(one, other.length), repeated(other, one.length)]
  return first.every((characters, index) => [...characters].some(each => second[index]?.has(each)))
}

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
      const all = alternatives.flatMap(one => {
        const characters = charactersOf(one, flags)
        return characters ? [characters] : []
      })
      if (all.some((one, at) => all.slice(at + 1).some(other => isShared(one, other)))) return true
    }
    return alternatives.some(one => isAmbiguousIn(one.elements, fails, flags))
  })

/** Whether alternatives of a group that is repeated take the same text, and something after it may fail. */
export const isAmbiguous = (pattern: Node, flags: string): boolean =>
  pattern.alternatives.some(({ elements }) => isAmbiguousIn(elements, false, flags))
