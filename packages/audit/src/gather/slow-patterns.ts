import { gatherer } from '../core/item.ts'
import { visibleAt, type Call, type Module, type Value } from './code/values.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'
import { isExponential } from './taint/backtracking.ts'

/** A pattern of the source that takes for ever on some texts, on the way of a request. */
export interface SlowPattern {
  pattern: string
  file: string
  line: number
}

const methods = /^(test|exec|match|matchAll|replace|replaceAll|search|split|fullmatch|findall|finditer|sub|subn)$/

const patternIn = (value: Value | undefined, module: Module, { resolver }: Reach): string | null => {
  if (!value) return null
  for (const { value: of, module: at } of resolver.things(value, { module, frames: [] })) {
    if (of.is === 'pattern' && isExponential(of)) return of.text
    const isText = of.is === 'text' && module.language === 'python'
    if (isText && isExponential({ text: of.text, flags: '' })) return of.text
    if (of.is !== 'call') continue
    const path = resolver.external(of.callee, { module: at, frames: [] }) ?? ''
    const [first] = /^(global:RegExp|re\.compile)$/.test(path) ? of.arguments : []
    const text = first ? resolver.text(first, { module: at, frames: [] }) : null
    if (text !== null && isExponential({ text, flags: '' })) return text
  }
  return null
}

const maxDepth = 3

/** A text that is written down is met once and for all; so is one that all callers have written down. */
const isWritten = (value: Value | undefined, module: Module, reach: Reach, depth = 0): boolean => {
  const { resolver, graph } = reach
  if (value === undefined || resolver.text(value, { module, frames: [] }) !== null) return true
  if (value.is !== 'name' || depth > maxDepth) return false
  const [bound] = visibleAt(module, value.name, value.at)
  if (bound?.value.is !== 'parameter') return false
  const { function: at, index } = bound.value
  const of = module.functions.find(one => one.at === at)
  const callers = of ? graph.into(of) : []
  return (
    callers.length > 0 &&
    callers.every(({ call, isLoose, module: caller }) => {
      const given = isLoose ? undefined : call?.arguments[index]
      return given !== undefined && isWritten(given, caller, reach, depth + 1)
    })
  )
}

const inCall = (call: Call, module: Module, reach: Reach): string | null => {
  const { callee, arguments: given } = call
  if (callee.is !== 'member' || !methods.test(callee.name)) return null
  const [first, second, third] = given
  if (/^re\.\w+$/.test(reach.resolver.external(callee, { module, frames: [] }) ?? '')) {
    const subject = /^subn?$/.test(callee.name) ? third : second
    return isWritten(subject, module, reach) ? null : patternIn(first, module, reach)
  }
  const own = patternIn(callee.of, module, reach)
  if (own !== null) return isWritten(/^subn?$/.test(callee.name) ? second : first, module, reach) ? null : own
  return isWritten(callee.of, module, reach) ? null : patternIn(first, module, reach)
}

/** Patterns of the source that take for ever, where a tool lets a text meet them that comes from elsewhere. */
export const slowPatterns = gatherer<SlowPattern[], { reach: typeof reach; project: typeof project }>({
  id: 'slow-patterns',
  impact: 'read',
  from: 'repository',
  needs: { reach, project },
  gather: (_, { reach, project }) => {
    const own = new Set(ownModules(reach, project))
    const found: SlowPattern[] = []
    for (const [of, module] of reach.graph.functions) {
      if (!own.has(module)) continue
      for (const call of reach.bodies.of(module, of).calls) {
        const pattern = inCall(call, module, reach)
        if (pattern !== null) found.push({ pattern, file: module.path, line: call.line })
      }
    }
    return found
  },
})
