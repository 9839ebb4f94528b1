import type { Source } from '../trees.ts'
import { readCompiledExports } from './typescript-links.ts'
import { parseTypeScript } from './typescript-parse.ts'
import { openReading, type Reading } from './typescript-reading.ts'
import { emptyModule, type Declaration, type Module } from './values.ts'

/** `x = value` holds where `x` is declared; in the whole file when it is declared nowhere. */
const placeAssignments = ({ module, assigned }: Reading, end: number): void => {
  const byName = new Map<string, Declaration[]>()
  for (const entry of module.declarations) {
    const same = byName.get(entry.name)
    if (same) same.push(entry)
    else byName.set(entry.name, [entry])
  }
  for (const { name, value, at, end: after } of assigned) {
    let known: Declaration | undefined
    for (const entry of byName.get(name) ?? [])
      if (entry.from <= at && at < entry.to && (!known || entry.from > known.from)) known = entry
    const scope = { from: known?.from ?? 0, to: known?.to ?? end }
    module.declarations.push({ name, value, type: null, ...scope, at: after })
  }
}

/** Reads a TypeScript or JavaScript file; `broken` says why some of it could not be read. */
export const readTypeScript = (source: Source, parsed = parseTypeScript(source.path, source.text)): Module => {
  const module = emptyModule(source)
  if (!parsed) return { ...module, broken: { line: 1, because: 'it does not parse' } }
  const reading = openReading(module, source.text)
  try {
    parsed.program.body.forEach(reading.visit)
  } catch (error) {
    // one file that is written to be unreadable must not take the others with it
    return { ...emptyModule(source), broken: { line: 1, because: `its syntax tree is odd: ${String(error)}` } }
  }
  placeAssignments(reading, source.text.length)
  readCompiledExports(module)
  return parsed.broken ? { ...module, broken: parsed.broken } : module
}
