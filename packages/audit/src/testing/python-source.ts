import { openPython } from '../gather/code/python-packing.ts'
import { readPython } from '../gather/code/python.ts'
import type { Module, Range, Value } from '../gather/code/values.ts'

const parse = await openPython()
/** What is read of a text. */
export const read = (text: string): Module =>
  readPython(parse(text), { path: 'a.py', language: 'python', role: 'server', text })

/** A value in few words. */
export const show = (value: Value): string => {
  switch (value.is) {
    case 'text':
      return JSON.stringify(value.text)
    case 'number':
      return String(value.number)
    case 'constant':
      return String(value.of)
    case 'name':
      return value.name
    case 'member':
      return `${show(value.of)}.${value.name}`
    case 'index':
      return `${show(value.of)}[${show(value.index)}]`
    case 'join':
      return `join(${value.parts.map(show).join(', ')})`
    case 'list':
      return `[${value.items.map(show).join(', ')}]`
    case 'spread':
      return `*${show(value.of)}`
    case 'record':
      return `{${value.fields.map(([key, of]) => `${key}: ${show(of)}`).join(', ')}}`
    case 'call':
      return `${value.awaited ? 'await ' : ''}${show(value.callee)}(${[...value.arguments.map(show), ...value.named.map(([key, of]) => `${key}=${show(of)}`)].join(', ')})`
    case 'compare':
      return `(${show(value.left)} ${value.operator} ${show(value.right)})`
    case 'not':
      return `not ${show(value.of)}`
    case 'either':
    case 'both':
      return `(${show(value.first)} ${value.is} ${show(value.second)})`
    case 'choice':
      return `(${value.options.map(show).join(' | ')} if ${value.test ? show(value.test) : '?'})`
    case 'element':
      return `element(${show(value.of)})`
    case 'import':
      return `import ${value.module}:${value.name}`
    case 'parameter':
      return `parameter ${value.index} ${value.name}${value.fallback ? `=${show(value.fallback)}` : ''}`
    default:
      return value.is
  }
}

export const cut = (text: string, { at, end }: Range): string => text.slice(at, end)
