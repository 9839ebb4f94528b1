import type { Resolver } from '../../code/resolve.ts'
import type { Module, Value } from '../../code/values.ts'
import type { Datum, Frame } from '../data.ts'
import { isExponential } from '../backtracking.ts'
import type { Machine } from '../machine.ts'
import type { Pattern } from '../patterns.ts'
import { arrivals, at, nameOf, type Arrival, type Rule } from './arrival.ts'

export const patterns: Rule = {
  path: /^global:RegExp$|^re\.(compile|search|match|fullmatch|findall|finditer|sub|subn|split)$/,
  // compiled to see whether it can be: no text meets it
  isCandidate: ({ callee, dropped }) => !dropped || !/^(RegExp|compile)$/.test(nameOf(callee)),
  look: (call, frame, machine) => arrivals('pattern', at(call, 0, 'pattern'), frame, machine),
}

const patternIn = (value: Value | undefined, frame: Frame, machine: Machine): Pattern | null => {
  for (const datum of value ? machine.values(value, frame) : []) {
    if (datum.is === 'pattern') return datum
    if (datum.is === 'text' && datum.marks.size === 0) return { text: datum.text, flags: '' }
  }
  return null
}

const meeting = (pattern: Pattern | null, subject: Value | undefined, frame: Frame, machine: Machine): Arrival[] =>
  pattern && isExponential(pattern)
    ? arrivals('subject', subject, frame, machine).map(arrival => ({ ...arrival, program: pattern.text }))
    : []

const isPattern = (datum: Datum): boolean => datum.is === 'pattern'

/** A pattern that is written down and takes for ever. */
const isWritten = (value: Value | undefined, module: Module, resolver: Resolver): boolean =>
  value !== undefined &&
  resolver.things(value, { module, frames: [] }).some(({ value: of }) => {
    if (of.is === 'pattern' || of.is === 'text') return isExponential({ flags: '', ...of })
    const [first] = of.is === 'call' ? of.arguments : []
    return first?.is === 'text' && isExponential({ text: first.text, flags: '' })
  })

/** A text that meets a pattern that is written down. */
export const subjects: Rule = {
  path: /^re\.(search|match|fullmatch|findall|finditer|sub|subn|split)$/,
  method: /^(test|exec|match|matchAll|replace|replaceAll|search|split|fullmatch|findall|finditer|sub)$/,
  isCandidate: ({ callee, arguments: [first] }, module, resolver) =>
    [first, callee.is === 'member' ? callee.of : undefined].some(value => isWritten(value, module, resolver)),
  look: (call, frame, machine, path) => {
    const { callee } = call
    const [first, second, third] = call.arguments
    if (path.startsWith('re.')) {
      const isThird = /\.subn?$/.test(path)
      return meeting(patternIn(first, frame, machine), isThird ? third : second, frame, machine)
    }
    if (callee.is !== 'member') return []
    const owner = machine.values(callee.of, frame)
    if (owner.some(isPattern))
      return meeting(patternIn(callee.of, frame, machine), nameOf(callee) === 'sub' ? second : first, frame, machine)
    const isGiven = first !== undefined && machine.values(first, frame).some(isPattern)
    return isGiven ? meeting(patternIn(first, frame, machine), callee.of, frame, machine) : []
  },
}
