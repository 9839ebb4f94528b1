import type { Place, Resolver } from '../code/resolve.ts'
import { nameOf, visibleAt, type Value } from '../code/values.ts'

/** Who writes a name: another machine, or whoever packed an archive. */
export type Author = 'an answer of another machine' | 'an archive'

const machines =
  /^(global:fetch|axios:|got:|ky:|node-fetch:|undici:(default\.)?(fetch|request)|superagent:|needle:)|^(requests|httpx|urllib\.request|aiohttp)\./
/** Those that hand names on as they stand in the archive; jszip, yauzl and node-stream-zip refuse to. */
const archives =
  /^(adm-zip:|unzipper:|tar-stream:|fflate:)|^(zipfile\.(ZipFile|Path)|tarfile\.(open|TarFile)|py7zr\.|rarfile\.)/

const maxDepth = 12

/** Whose words a value is made of; null where that is not seen. */
export const authorOf = (value: Value, place: Place, resolver: Resolver, depth = 0): Author | null => {
  if (depth > maxDepth) return null
  const follow = (each: Value, at: Place = place): Author | null => authorOf(each, at, resolver, depth + 1)
  const first = (values: Value[], at: Place = place): Author | null => {
    for (const each of values) {
      const found = follow(each, at)
      if (found) return found
    }
    return null
  }
  switch (value.is) {
    case 'name':
      return first(visibleAt(place.module, value.name, value.at).map(one => one.value))
    case 'member':
    case 'element':
    case 'index':
    case 'spread':
      return follow(value.of)
    case 'either':
      return first([value.first, value.second])
    case 'choice':
      return first(value.options)
    case 'call': {
      const path = resolver.external(value.callee, place) ?? ''
      if (archives.test(path)) return 'an archive'
      if (machines.test(path)) return 'an answer of another machine'
      // `Object.entries(zip.files)`
      if (/^global:Object\.(entries|keys|values)$/.test(path)) return first(value.arguments)
      for (const thing of path === '' ? resolver.things(value.callee, place) : [])
        if (thing.value.is === 'function') {
          const { at, end, returns } = thing.value
          const given = thing.module.returns.filter(one => at <= one.at && one.at < end).map(one => one.value)
          const found = first([...given, ...returns], { module: thing.module, frames: [] })
          if (found) return found
        }
      return value.callee.is === 'member' ? follow(value.callee.of) : null
    }
    default:
      return null
  }
}

const naming = /^(file_?name|entry_?name|original_?name|title|name|path|key)$/i
/** What leaves slashes in a name. */
const keeping =
  /^(join|resolve|normalize|__truediv__|joinpath|abspath|normpath|Path|PurePath|str|String|toString|strip|trim|exec|match|search|group|split|decode|decodeURIComponent|unquote|lower|toLowerCase)$/
const header = /^content-disposition$/i

/** A name that others wrote, on its way into a path. */
export interface ForeignName {
  author: Author
  /** As it is written: `entry.fileName`. */
  what: string
  /** Names that stand for it on the way. */
  through: Set<string>
}

/** Looks for a name that others wrote among the parts of a path, where nothing on the way takes its slashes away. */
export const foreignIn = (path: Value, place: Place, resolver: Resolver): ForeignName | null => {
  const through = new Set<string>()
  const seen = new Set<Value>()

  const found = (value: Value, what: string): ForeignName | null => {
    const author = authorOf(value, place, resolver)
    return author ? { author, what, through } : null
  }

  const look = (value: Value, depth: number): ForeignName | null => {
    if (depth > maxDepth || seen.has(value)) return null
    seen.add(value)
    const any = (values: Value[]): ForeignName | null => {
      for (const each of values) {
        const hit = look(each, depth + 1)
        if (hit) return hit
      }
      return null
    }
    switch (value.is) {
      case 'join':
        return any(value.parts)
      case 'either':
        return any([value.first, value.second])
      case 'choice':
        return any(value.options)
      case 'name': {
        const kept = visibleAt(place.module, value.name, value.at).map(one => one.value)
        const hit = any(kept)
        if (hit) through.add(value.name)
        return hit
      }
      case 'member':
        return naming.test(value.name) ? found(value.of, `${nameOf(value.of)}.${value.name}`) : null
      case 'index':
        // a part of a list that something made: `exec(header)[1]`; `one['filename']` is a member
        return look(value.of, depth + 1)
      case 'element': {
        const author = authorOf(value.of, place, resolver)
        return author === 'an archive' ? { author, what: 'the name of an entry', through } : null
      }
      case 'call': {
        const name = nameOf(value.callee)
        const owner = value.callee.is === 'member' ? value.callee.of : null
        const [first] = value.arguments
        if (name === 'get' && owner && first?.is === 'text')
          return header.test(first.text) || naming.test(first.text) ? found(owner, first.text) : null
        return keeping.test(name) ? any([...(owner ? [owner] : []), ...value.arguments]) : null
      }
      default:
        return null
    }
  }
  return look(path, 0)
}
