import type { Resolver } from './code/resolve.ts'
import { innermost, type Module, type Value } from './code/values.ts'
import type { Lasting } from './lasting.ts'

const starting = /^(child_process:(spawn|fork)|cross-spawn:(spawn)?|node-pty:spawn)$/

/** `this.child?.stdin?.write(...)`, `this.terminal.write(...)`: what it is written to by. */
const writtenTo = (value: Value): string | null => {
  if (value.is !== 'member') return null
  const of = value.name === 'stdin' ? value.of : value
  return of.is === 'member' ? of.name : null
}

/**
 * Programs that a field keeps and that other functions write to: they wait for the next line for as long as the server
 * lives, and their pipes hold its event loop.
 */
export const keptPrograms = (module: Module, resolver: Resolver): Lasting[] => {
  if (module.language === 'python') return []
  return module.writes.flatMap(({ target, value, at, line }): Lasting[] => {
    if (target.is !== 'member' || value.is !== 'call') return []
    const path = resolver.external(value.callee, { module, frames: [] }) ?? ''
    if (!starting.test(path)) return []
    const around = innermost(module.functions, at)
    const isCompanion = module.calls.some(
      ({ callee, at: there }) =>
        callee.is === 'member' &&
        /^(write|send)$/.test(callee.name) &&
        writtenTo(callee.of) === target.name &&
        innermost(module.functions, there) !== around,
    )
    const isUnref = module.calls.some(({ callee }) => callee.is === 'member' && callee.name === 'unref')
    return isCompanion && !isUnref
      ? [{ what: 'a program that is kept and written to', file: module.path, line, way: [] }]
      : []
  })
}
