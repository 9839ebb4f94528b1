import type { Place, Resolver } from '../code/resolve.ts'
import type { Call, Guard, Range, Value } from '../code/values.ts'

/** Something that a test claims. */
export interface Assertion extends Range {
  /** What it speaks of. */
  about: Value[]
  /** `refused`: that the call fails. `text`: that an answer speaks of an error. */
  claims: 'result' | 'refused' | 'text'
}

const errorWords =
  /\b(error|errors|invalid|not found|fail(s|ed|ure)?|denied|missing|required|must be|unknown|forbidden|unauthori[sz]ed|not allowed|refused|exception|traceback|unable|cannot|could not)\b/i

/** Texts in what is expected, as far as they are written down. */
const texts = (value: Value, depth = 0): string[] => {
  if (depth > 4) return []
  const inner = (values: Value[]): string[] => values.flatMap(each => texts(each, depth + 1))
  if (value.is === 'text' || value.is === 'pattern') return [value.text]
  if (value.is === 'list') return inner(value.items)
  if (value.is === 'join') return inner(value.parts)
  if (value.is === 'record') return inner(value.fields.map(([, field]) => field))
  return value.is === 'call' ? inner(value.arguments) : []
}

const speaksOfError = (values: Value[]): boolean =>
  values.some(value => texts(value).some(text => errorWords.test(text)))

const isErrorFlag = (value: Value): boolean => value.is === 'member' && /^(isError|is_error|error)$/.test(value.name)

const stronger = (one: Assertion['claims'], other: Assertion['claims']): Assertion['claims'] =>
  one === 'refused' || other === 'refused' ? 'refused' : one === 'text' || other === 'text' ? 'text' : 'result'

/** What is claimed by saying that a value is true, or that it is not. */
const claimOf = (value: Value, wanted: boolean, depth = 0): Assertion['claims'] => {
  if (depth > 20) return 'result'
  if (isErrorFlag(value)) return wanted ? 'refused' : 'result'
  if (value.is === 'not') return claimOf(value.of, !wanted, depth + 1)
  if (value.is === 'both' || value.is === 'either')
    return stronger(claimOf(value.first, wanted, depth + 1), claimOf(value.second, wanted, depth + 1))
  if (value.is === 'compare') {
    const { operator, left, right } = value
    const isSame = /^(===?|is|in)$/.test(operator)
    const holds = isSame === wanted
    if (right.is === 'constant') return claimOf(left, right.of === true ? holds : !holds, depth + 1)
    return holds && speaksOfError([left, right]) ? 'text' : 'result'
  }
  if (
    value.is === 'call' &&
    value.callee.is === 'member' &&
    /^(includes|startsWith|startswith|match|test|get)$/.test(value.callee.name)
  ) {
    if (value.callee.name === 'get' && /^(isError|is_error|error)$/.test(texts(value)[0] ?? ''))
      return wanted ? 'refused' : 'result'
    return wanted && speaksOfError([...value.arguments, value.callee.of]) ? 'text' : 'result'
  }
  if (value.is === 'call' && value.callee.is === 'name' && value.callee.name === 'bool' && value.arguments[0])
    return claimOf(value.arguments[0], wanted, depth + 1)
  return 'result'
}

interface Chain {
  words: string[]
  base: Value
  /** The call at its beginning, such as `expect(answer)`. */
  start: Call | null
}

const chainOf = (call: Call): Chain => {
  const words: string[] = []
  let base: Value = call.callee
  for (let round = 0; round < 12 && base.is === 'member'; round++) {
    words.unshift(base.name)
    base = base.of
  }
  return { words, base, start: base.is === 'call' ? base : null }
}

const calleeName = ({ callee }: Call): string => {
  if (callee.is === 'name') return callee.name
  return callee.is === 'member' && callee.of.is === 'name' ? `${callee.of.name}.${callee.name}` : ''
}

const hasField = (values: Value[], name: RegExp, wanted: boolean): boolean =>
  values.some(
    value =>
      (value.is === 'record' &&
        value.fields.some(([key, field]) => name.test(key) && !(field.is === 'constant' && field.of !== wanted))) ||
      (value.is === 'call' && hasField(value.arguments, name, wanted)),
  )

const expectation = (call: Call, subject: Value[], words: string[]): Assertion => {
  const { at, end, arguments: given } = call
  const about = [...subject, ...given]
  const isNegated = words.includes('not')
  const matcher = words.at(-1) ?? ''
  const made = (claims: Assertion['claims']): Assertion => ({ at, end, about, claims })
  if (words.includes('rejects') || (/^(toThrow|throw|rejected)/i.test(matcher) && !isNegated)) return made('refused')
  const flag = subject.find(isErrorFlag)
  const [first] = given
  if (flag) {
    const isFalse =
      /^(toBeFalsy|toBeUndefined|toBeNull)$/.test(matcher) || (first?.is === 'constant' && first.of !== true)
    return made(isFalse === isNegated ? 'refused' : 'result')
  }
  const named = first?.is === 'text' ? first.text : ''
  const isFlagged =
    matcher === 'toHaveProperty' &&
    /^(isError|error)\b/.test(named) &&
    !(given[1]?.is === 'constant' && given[1].of === false)
  if (!isNegated && (isFlagged || hasField(given, /^(isError|is_error|error)$/, true))) return made('refused')
  const isTrue =
    matcher === 'toBeTruthy' || (/^(toBe|toEqual|toStrictEqual)$/.test(matcher) && first?.is === 'constant')
  if (isTrue && subject[0]) {
    const wanted = (matcher === 'toBeTruthy' || (first?.is === 'constant' && first.of === true)) !== isNegated
    return made(claimOf(subject[0], wanted))
  }
  return made(!isNegated && speaksOfError(given) ? 'text' : 'result')
}

const asserting = (call: Call, method: string): Assertion | null => {
  const { at, end, arguments: given } = call
  const made = (claims: Assertion['claims']): Assertion => ({ at, end, about: given, claims })
  if (/^(fail|plan|end|skip|pass|comment|log|teardown|todo|timeout)$/.test(method)) return null
  if (/^(rejects|throws|throwsAsync|assertRaises\w*|assertThrows|isRejected)$/.test(method)) return made('refused')
  const [first, second] = given
  if (/^(ok|true|truthy|isTrue|isOk|assert|assertTrue|assert_|)$/.test(method) && first)
    return made(claimOf(first, true))
  if (/^(notOk|false|falsy|isFalse|assertFalse|isNotOk)$/.test(method) && first) return made(claimOf(first, false))
  const isNegated = /not|doesNot/i.test(method)
  if (first && second?.is === 'constant') return made(claimOf(first, (second.of === true) !== isNegated))
  if (second && first?.is === 'constant') return made(claimOf(second, (first.of === true) !== isNegated))
  if (!isNegated && hasField(given, /^(isError|is_error|error)$/, true)) return made('refused')
  return made(!isNegated && speaksOfError(given.slice(0, 2)) ? 'text' : 'result')
}

/** The claim that a call makes; `start` is the call at the beginning of its chain, which claims nothing by itself. */
export const assertionIn = (
  call: Call,
  place: Place,
  resolver: Resolver,
): { assertion: Assertion | null; start: Call | null } | null => {
  const { words, base, start } = chainOf(call)
  const isExpect = (each: Call): boolean => /^(\w+\.)?expect(\.\w+)?$/.test(calleeName(each))
  if (start && isExpect(start)) {
    const subject = start.arguments
    return words.length > 0 ? { assertion: expectation(call, subject, words), start } : null
  }
  if (isExpect(call)) {
    const isChai = resolver.external(call.callee, place)?.startsWith('chai') === true
    const [subject] = call.arguments
    return {
      assertion: isChai && subject ? { ...call, about: [subject], claims: claimOf(subject, true) } : null,
      start: null,
    }
  }
  if (words.includes('should'))
    return { assertion: { ...call, about: [base, ...call.arguments], claims: 'result' }, start: null }
  const path = resolver.external(call.callee, place) ?? ''
  const isAssert =
    /^(assert|assert\/strict|power-assert|uvu\/assert|@std\/assert|jsr:@std\/assert):|^(chai|vitest):assert\b/.test(
      path,
    ) || /\bassert\w*(\.\w+)*$/.test(path.replace(/^.*:/, ''))
  const isOfTest = base.is === 'name' && words.length === 1 && /^(t|assert|tt|is)$/.test(base.name)
  const isOfClass = base.is === 'name' && base.name === 'self' && words[0]?.startsWith('assert') === true
  if (!isAssert && !isOfTest && !isOfClass) return null
  const method = words.at(-1) ?? path.split(/[:.]/).at(-1) ?? ''
  const known =
    /^(is|isNot|deepEqual|notDeepEqual|like|truthy|falsy|true|false|regex|notRegex|snapshot|assert|equal|notEqual|strictEqual|deepStrictEqual|same|notSame|match|ok|notOk|throws|throwsAsync|rejects|equals|has|type|matches|notThrows|notThrowsAsync|not|fail|include|includes)$/
  if (isOfTest && !isAssert && !known.test(method)) return null
  return { assertion: asserting(call, method === 'default' ? '' : method), start: null }
}

/** `assert x`, `if (!x) throw ...`, `if (!x) process.exit(1)`. */
export const assertionOf = ({ test, at, end, consequent }: Guard): Assertion | null =>
  consequent.leaves === 'throw' ? { at, end, about: [test], claims: claimOf(test, false) } : null
