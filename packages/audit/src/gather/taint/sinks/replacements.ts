import { innermost, type Call, type Module } from '../../code/values.ts'
import { arrivals, nameOf, type Rule } from './arrival.ts'

const writing = /^(write|append|output)_?(File|json|text|bytes)?(Sync)?$/i
const passing = /^(stdout|stderr|res|response|reply|socket|stream)$/
const isWriting = ({ callee }: Call): boolean =>
  writing.test(nameOf(callee)) && !(callee.is === 'member' && passing.test(nameOf(callee.of)))
const known = new WeakMap<Module, Map<string, boolean>>()

/** The function around it writes a file as well: what a replacement makes is kept. */
const isKept = ({ at }: Call, module: Module): boolean => {
  const around = innermost(module.functions, at)
  if (!around) return false
  const { at: from, end } = around
  const files = known.get(module) ?? new Map<string, boolean>()
  known.set(module, files)
  const key = `${from}`
  const before = files.get(key)
  if (before !== undefined) return before
  const found = module.calls.some(call => from <= call.at && call.at < end && isWriting(call))
  files.set(key, found)
  return found
}

/** `text.replace(old, made)`, `re.sub(pattern, made, text)`: `$&` and `\g<0>` in what is made mean something else. */
export const replacements: Rule = {
  path: /^re\.subn?$/,
  method: /^(replace|replaceAll)$/,
  isCandidate: ({ callee, arguments: given, ...call }, module) => {
    const [, second] = given
    if (!second || given.length < 2 || !/^(name|member|call|either|join|index|choice)$/.test(second.is)) return false
    const isPython = module.language === 'python'
    return isPython === /^subn?$/.test(nameOf(callee)) && isKept({ callee, arguments: given, ...call }, module)
  },
  look: ({ arguments: given }, frame, machine) =>
    arrivals('replacement', given[1], frame, machine).map(arrival => ({
      ...arrival,
      program: frame.module.language === 'python' ? 'Python' : 'JavaScript',
    })),
}
