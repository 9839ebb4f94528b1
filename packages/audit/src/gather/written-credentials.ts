import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { visibleAt, type Module, type Value } from './code/values.ts'
import { isCredentialHeader, namesCredential } from './credential-names.ts'
import { makers } from './data-access/makers.ts'
import { isInScope, project } from './project.ts'

/** A credential that is written in the source and handed to something. */
export interface WrittenCredential {
  /** The field, the keyword or the header. */
  name: string
  /** Its first characters, and stars. */
  masked: string
  file: string
  line: number
}

export interface WrittenCredentials {
  found: WrittenCredential[]
  /** Source files of the server that were looked at. */
  files: number
}

const placeholder =
  /your|example|placeholder|changeme|xxx|<|\.\.\.|dummy|redacted|\*{3}|^(none|null|undefined|required|optional|string|true|false|bearer|basic|apikey|api_key|token|password|secret|demo|public|anonymous|guest)$|^[A-Z][A-Z0-9_]+$|^\$|\{|^https?:|^(~|\.{1,2})?\/|^[a-z]+([-_ ][a-z]+)*$/i

/** A text that opens something: `Bearer s3cr3t-0192`, not a label, a name of a variable or a stand-in. */
const credentialIn = (text: string, isDatabase: boolean): string | null => {
  const value = text.replace(/^(bearer|basic|token|apikey)\s+/i, '').trim()
  if (/\s/.test(value) || value.length < 6 || value.length > 4000) return null
  if (isDatabase) return /your|<|\$|xxx|^[A-Z][A-Z0-9_]+$/.test(value) ? null : value
  return placeholder.test(value) || !/\d/.test(value) || !/[a-z]/i.test(value) ? null : value
}

export const masked = (value: string): string => `${value.slice(0, Math.min(3, value.length >> 2))}${'*'.repeat(8)}`

/** Texts that a value may be, where a default beside the environment counts as well. */
const textsOf = (value: Value, place: Place, resolver: Resolver, depth = 0): string[] => {
  if (depth > 6) return []
  if (value.is === 'either')
    return [value.first, value.second].flatMap(each => textsOf(each, place, resolver, depth + 1))
  if (value.is === 'choice') return value.options.flatMap(each => textsOf(each, place, resolver, depth + 1))
  if (value.is === 'join') {
    const parts = value.parts.map(part => textsOf(part, place, resolver, depth + 1)[0] ?? null)
    return parts.every(part => part !== null) ? [parts.join('')] : []
  }
  if (value.is === 'name') {
    const kept = visibleAt(place.module, value.name, value.at).map(one => one.value)
    const [only] = kept
    if (kept.length === 1 && only && /^(either|choice|join)$/.test(only.is))
      return textsOf(only, place, resolver, depth + 1)
  }
  return resolver.things(value, place).flatMap(({ value: found }) => (found.is === 'text' ? [found.text] : []))
}

const isWanted = (name: string): boolean => namesCredential(name) || isCredentialHeader(name)

/** The fields of records, however deep, with the lines of their records. */
const fieldsIn = (value: Value, line: number, depth = 0): { name: string; value: Value; line: number }[] => {
  if (depth > 5) return []
  if (value.is === 'choice') return value.options.flatMap(option => fieldsIn(option, line, depth + 1))
  if (value.is === 'either') return [value.first, value.second].flatMap(each => fieldsIn(each, line, depth + 1))
  if (value.is !== 'record') return []
  return value.fields.flatMap(([name, field]) => [
    ...(isWanted(name) ? [{ name, value: field, line: value.line || line }] : []),
    ...fieldsIn(field, line, depth + 1),
  ])
}

const writtenIn = (module: Module, resolver: Resolver): WrittenCredential[] => {
  const place: Place = { module, frames: [] }
  const given = module.calls.flatMap(call => {
    const path = resolver.external(call.callee, place) ?? ''
    const isDatabase = path !== '' && makers.some(({ called }) => called.test(path))
    const named = call.named.flatMap(([name, value]) => [
      ...(isWanted(name) ? [{ name, value, line: call.line }] : []),
      ...fieldsIn(value, call.line),
    ])
    return [...named, ...call.arguments.flatMap(value => fieldsIn(value, call.line))].map(one => ({
      ...one,
      isDatabase,
    }))
  })
  const kept = module.declarations
    .flatMap(({ value }) => fieldsIn(value, 1))
    .map(one => ({ ...one, isDatabase: false }))
  const set = module.writes.flatMap(({ target, value, line }) =>
    target.is === 'member' && isWanted(target.name) ? [{ name: target.name, value, line, isDatabase: false }] : [],
  )
  const found = [...given, ...kept, ...set].flatMap(({ name, value, line, isDatabase }) =>
    textsOf(value, place, resolver).flatMap(text => {
      const credential = credentialIn(text, isDatabase)
      return credential ? [{ name, masked: masked(credential), file: module.path, line }] : []
    }),
  )
  return [...new Map(found.map(one => [`${one.name} ${one.masked} ${one.line}`, one])).values()]
}

/** Credentials that the source hands on as they are written in it. */
export const writtenCredentials = gatherer<WrittenCredentials, { modules: typeof modules; project: typeof project }>({
  id: 'written-credentials',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules: source, project }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    return { found: own.flatMap(module => writtenIn(module, resolver)), files: own.length }
  },
})
