import { innermost, type FunctionValue } from '../code/values.ts'
import type { Project } from '../project.ts'
import type { Source } from '../trees.ts'
import type { Found } from './facts.ts'

/** Modules whose names are computed may load any file. */
const loadsByName =
  /\b(importlib|pkgutil|__import__|glob|readdir(Sync)?|scandir|listdir|iterdir)\b|\b(import|require)\(\s*(?!['"])|FileSystem(Provider|Router)/

/** To import or to re-export a name is not to use it. */
const imports =
  /\b(?:import|export)\s*(?:type\s+)?\{[^}]{0,4000}\}(?:\s*from)?|\bimport\s+\w+\s+from\b|^[ \t]*(?:from\s+[\w.]+\s+)?import\s+(?:\([^)]{0,4000}\)|[^\n;]*)|\b__all__\s*=\s*[[(][^\])]{0,4000}/gm

const isPlain = (name: string): boolean => /^[\w$]+$/.test(name)

const words = /[\w$]+/g

/** How often each word stands in the texts. */
const countWords = (texts: string[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const text of texts) for (const word of text.match(words) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** The file in which each word stands; null for those that stand in several. */
const placeWords = (sources: Source[]): Map<string, string | null> => {
  const places = new Map<string, string | null>()
  for (const { path, text } of sources)
    for (const word of text.match(words) ?? []) {
      const before = places.get(word)
      if (before !== path && before !== null) places.set(word, before === undefined ? path : null)
    }
  return places
}

const mentions = (text: string, name: string): number => {
  let count = 0
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const isWord = !/[\w$]/.test(text[at - 1] ?? ' ') && !/[\w$]/.test(text[at + name.length] ?? ' ')
    if (isWord) count++
  }
  return count
}

/** The function at the level of the module around an offset. */
const outermost = (functions: FunctionValue[], offset: number): FunctionValue | undefined => {
  const around = innermost(functions, offset)
  const outer = around && outermost(functions, around.at - 1)
  return outer && around && outer.end >= around.end ? outer : around
}

/**
 * Tells why a registration can never happen: nothing mentions the function it stands in, or nothing mentions the file
 * it stands in. Null as soon as something might reach it.
 */
export const openReach = (sources: Source[], { node, python }: Project): ((found: Found) => string | null) => {
  const texts = sources.filter(({ role }) => role !== 'test')
  const used = texts.map(({ text }) => text.replaceAll(imports, ''))
  const isLibrary =
    node.every(({ bin }) => Object.keys(bin).length === 0) &&
    python.every(({ scripts }) => Object.keys(scripts).length === 0)
  const manifests = [...node, ...python].map(({ raw }) => JSON.stringify(raw)).join('\n')
  const isDynamic = texts.some(({ text }) => loadsByName.test(text))
  let counts: Map<string, number> | undefined
  const count = (name: string): number => {
    if (!isPlain(name)) return used.reduce((sum, text) => sum + mentions(text, name), 0)
    counts ??= countWords(used)
    return counts.get(name) ?? 0
  }
  let wordPlaces: Map<string, string | null> | undefined
  const standsElsewhere = (name: string, own: string): boolean => {
    if (!isPlain(name)) return texts.some(({ path, text }) => path !== own && mentions(text, name) > 0)
    wordPlaces ??= placeWords(texts)
    const place = wordPlaces.get(name)
    return place !== undefined && place !== own
  }

  return ({ place: { module }, at, server }) => {
    if (isDynamic) return null
    const around = outermost(module.functions, at)
    const bound = module.declarations.find(({ value }) => value === around)?.name
    const isMethod = module.classes.some(({ at: from, end }) => around && from <= around.at && around.end <= end)
    if (around?.name ?? bound) {
      const name = around?.name ?? bound ?? ''
      const isPublic = isLibrary && module.exports.some(entry => entry.name === name || entry.name === 'default')
      const decorated = module.decorated.some(({ function: of }) => of === around)
      if (!isMethod && !decorated && !isPublic && count(name) === 1) return `nothing calls the function ${name}`
      return null
    }
    if (module.language !== 'python' || around || server.startsWith(`${module.path}:`)) return null
    const stem = fileStem(module.path)
    const own = texts.find(({ path }) => path === module.path)?.text ?? ''
    if (/__main__|\.run\(/.test(own) || stem === '__main__' || manifests.includes(stem)) return null
    return standsElsewhere(stem, module.path) ? null : `nothing imports ${module.path}`
  }
}

const fileStem = (path: string): string => {
  const parts = path.replace(/\.[^.]+$/, '').split('/')
  return (parts.at(-1) === '__init__' || parts.at(-1) === 'index' ? parts.at(-2) : parts.at(-1)) ?? path
}
