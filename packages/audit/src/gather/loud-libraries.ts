import type { Place, Resolver } from './code/resolve.ts'
import { fieldOf, type Call } from './code/values.ts'
import { pinned, type LockedVersions } from './locked-versions.ts'

/** A function of a library that writes a line to stdout unless it is told not to. */
interface Loud {
  package: string
  path: RegExp
  /** The option that keeps it silent. */
  silent: string
  /** The major versions that write. */
  majors: number[]
}

// https://github.com/motdotla/dotenv/blob/master/CHANGELOG.md (17.0.0: "default quiet to false"; 18 writes to stderr)
const loud: Loud[] = [
  { package: 'dotenv', path: /^dotenv:(default\.)?(config|configDotenv)$/, silent: 'quiet', majors: [17] },
]

/** The lowest major version that may be installed; null when that is not told. */
const majorOf = (name: string, { used }: LockedVersions): number | null => {
  const found = used.filter(one => one.ecosystem === 'npm' && one.name === name)
  const majors = found.map(({ version, range }) => {
    const told = version ?? pinned(range ?? '') ?? /^[~^](\d+)/.exec(range ?? '')?.[1] ?? ''
    return Number.parseInt(told, 10)
  })
  return majors.length > 0 && majors.every(major => !Number.isNaN(major)) ? Math.min(...majors) : null
}

/** What a call of a library writes to stdout by itself; null when it writes nothing, or when that depends on what is not known. */
export const noticeOf = (call: Call, place: Place, resolver: Resolver, versions: LockedVersions): string | null => {
  const { callee, arguments: given } = call
  const name = callee.is === 'name' || callee.is === 'member' ? callee.name : ''
  if (!name.startsWith('config')) return null
  const path = resolver.external(callee, place) ?? ''
  const one = loud.find(each => each.path.test(path))
  if (!one) return null
  const major = majorOf(one.package, versions)
  if (major === null || !one.majors.includes(major)) return null
  const isKnown = given.every(
    value => value.is === 'record' && value.fields.every(([key]) => key !== '...' && key !== ''),
  )
  const isTold = given.some(value => value.is === 'record' && fieldOf(value.fields, one.silent))
  return isKnown && !isTold ? `${one.package}.${name}() of version ${major}, which tells what it loaded` : null
}
