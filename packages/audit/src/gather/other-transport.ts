import { someIn } from './code/parts.ts'
import { isWithin, type Call, type FunctionValue, type Module, type Range, type Value } from './code/values.ts'
import type { Reach } from './reach.ts'

const wordsIn = (value: Value): string[] => {
  const words: string[] = []
  someIn(value, part => {
    if (part.is === 'name' || part.is === 'member') words.push(part.name)
    if (part.is === 'text') words.push(part.text)
    return false
  })
  return words
}

/** Whether a test that holds says that stdout carries no protocol: true for `isHttp`, false for `mode === 'stdio'`. */
const saysOther = (test: Value): boolean | null => {
  if (test.is === 'not') return negated(saysOther(test.of))
  if (test.is === 'both') return saysOther(test.first) === true || saysOther(test.second) === true ? true : null
  if (test.is === 'either') return saysOther(test.first) === saysOther(test.second) ? saysOther(test.first) : null
  const words = wordsIn(test)
  const [isStdio, isOther] = [/stdio/i, /http|sse|remote/i].map(word => words.some(each => word.test(each)))
  if (isStdio === isOther) return null
  const differs = test.is === 'compare' && /^(!==?|not in|is not)$/.test(test.operator)
  return differs ? negated(isOther === true) : isOther === true
}

const negated = (answer: boolean | null): boolean | null => (answer === null ? null : !answer)

/** `isHttp ? console.log(x) : console.error(x)`: the call is made only while stdout carries no protocol. */
export const isForOther = (call: Call, module: Module, of: FunctionValue, { bodies }: Reach): boolean => {
  const { guards, calls, returns } = bodies.of(module, of)
  const holds = (range: Range | null): boolean => range !== null && isWithin(call.at, range)
  const isGuarded = guards.some(({ test, consequent, alternate }) => {
    const side = holds(consequent) ? true : holds(alternate) ? false : null
    return side !== null && saysOther(test) === side
  })
  if (isGuarded) return true
  const isCall = (part: Value): boolean => part === call || (part.is === 'call' && part.at === call.at)
  const written = [...of.returns, ...calls, ...returns.map(({ value }) => value)]
  return written.some(value =>
    someIn(value, part => {
      if (part.is !== 'choice' || part.test === undefined) return false
      const side = part.options.findIndex(option => someIn(option, isCall))
      return side >= 0 && saysOther(part.test) === (side === 0)
    }),
  )
}
