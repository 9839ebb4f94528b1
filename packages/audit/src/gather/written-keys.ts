import { gatherer } from '../core/item.ts'
import { argumentOf } from './code/given.ts'
import { modules } from './code/modules.ts'
import { someIn } from './code/parts.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { fieldOf, isWithin, visibleAt, type Call, type Module, type Value } from './code/values.ts'
import { isInScope, project } from './project.ts'
import { masked } from './written-credentials.ts'

/** A text of the source with which the server encrypts, signs or believes. */
export interface WrittenKey {
  /** What is given the key: `crypto.createCipheriv`. */
  by: string
  /** Its first characters, and stars. */
  masked: string
  /** It stands in for a variable that is not set. */
  isDefault: boolean
  file: string
  line: number
}

/** Which argument the key is. A text that is hashed with one may be a label. */
const taking: [path: RegExp, index: number, names: string[], isHash?: true][] = [
  [/^crypto:(default\.)?create(Ciph|Deciph)er(iv)?$/, 1, []],
  [/^crypto:(default\.)?createHmac$/, 1, [], true],
  [/^jsonwebtoken:(default\.)?(sign|verify)$/, 1, []],
  [/^jose:jwtVerify$/, 1, []],
  [/^cryptography\.fernet\.Fernet$/, 0, ['key']],
  [/^hmac\.(new|digest)$/, 0, ['key'], true],
  [/^(jwt|jose\.jwt)\.(encode|decode)$/, 1, ['key']],
]

/** What only writes a key in another form: `Buffer.from(key, 'hex')`, `key.encode()`. */
const wrapping =
  /^(global:Buffer\.from|buffer:Buffer\.from|crypto:(default\.)?createSecretKey|builtins\.(bytes|bytearray)(\.fromhex)?|(base64|binascii)\.(\w*decode|unhexlify|a2b_\w+))$/

interface Written {
  text: string
  isDefault: boolean
  module: Module
  /** Names and variables that the text stands behind. */
  names: string[]
}

const isLeft = (module: Module, range: { at: number; end: number }): boolean =>
  module.throws.some(({ at }) => isWithin(at, range)) ||
  module.calls.some(({ callee, at }) => callee.is === 'member' && callee.name === 'exit' && isWithin(at, range))

/** `if (!process.env.KEY && isProduction) throw …`: where it matters, it does not start without one. */
const isDemanded = ({ names }: Written, all: Module[]): boolean =>
  all.some(module =>
    module.guards.some(
      ({ test, consequent }) =>
        isLeft(module, consequent) &&
        someIn(test, part => (part.is === 'name' || part.is === 'member') && names.includes(part.name)),
    ),
  )

const variable = /^(global:process\.|process:)env\.(\w+)$|^os\.environ\.(\w+)$/

/** The texts that a key may be; none for what is put together or worked out. */
const textsOf = (value: Value, place: Place, resolver: Resolver, depth = 0): Written[] => {
  if (depth > 8) return []
  const { module } = place
  const follow = (next: Value, at: Place = place): Written[] => textsOf(next, at, resolver, depth + 1)
  const named = (found: Written[], name: string): Written[] =>
    found.map(one => ({ ...one, names: [...one.names, name] }))
  switch (value.is) {
    case 'text':
      return value.text === '' ? [] : [{ text: value.text, isDefault: false, module, names: [] }]
    case 'either': {
      const path = resolver.external(value.first, place) ?? ''
      const asked = variable.exec(path)
      const first = value.first.is === 'call' ? value.first.arguments[0] : undefined
      const name = asked?.[2] ?? asked?.[3] ?? (first?.is === 'text' ? first.text : null)
      const second = follow(value.second).map(one => ({ ...one, isDefault: true }))
      return [...follow(value.first), ...(name === null ? second : named(second, name))]
    }
    case 'choice':
      return value.options.flatMap(option => follow(option))
    case 'name': {
      const kept = visibleAt(module, value.name, value.at)
      const [only] = kept
      if (kept.length !== 1 || !only) return []
      if (only.value.is !== 'import') return named(follow(only.value), value.name)
      return resolver
        .things(only.value, place)
        .flatMap(({ value: made, ...at }) => (made.is === 'text' ? follow(made, at) : []))
    }
    case 'member':
      return resolver.things(value.of, place).flatMap(({ value: made, ...at }) => {
        const field = made.is === 'record' ? fieldOf(made.fields, value.name) : undefined
        return field ? named(follow(field, at), value.name) : []
      })
    case 'parameter': {
      const of = module.functions.find(({ at }) => at === value.function)
      const calls = of ? resolver.callers(of, module) : []
      return calls.flatMap(({ call, module: other }) => {
        const given = of && argumentOf(call, value.index, value.name, of, module)
        return given ? follow(given, { module: other, frames: [] }) : []
      })
    }
    case 'call': {
      const path = resolver.external(value.callee, place) ?? ''
      const [first, second] = value.arguments
      if (/^os\.(getenv|environ\.get)$/.test(path)) {
        const made = second ? follow(second).map(one => ({ ...one, isDefault: true })) : []
        return first?.is === 'text' ? named(made, first.text) : made
      }
      if (wrapping.test(path)) return first ? follow(first) : []
      if (value.callee.is !== 'member' || value.callee.name !== 'encode') return []
      // of a text in Python, and of an encoder that is given one
      return module.language === 'python' ? follow(value.callee.of) : first ? follow(first) : []
    }
    default:
      return []
  }
}

/** No words, as labels have them: a text may be hashed with one to tell it from others. */
const random = /^(?=.*\d)(?=.*[a-z])[A-Za-z0-9+/]{20,}={0,2}$/i

const open = /PUBLIC KEY|BEGIN CERTIFICATE/

const keysIn = (module: Module, all: Module[], resolver: Resolver): WrittenKey[] => {
  const place: Place = { module, frames: [] }
  const keyOf = (call: Call): WrittenKey[] => {
    const path = resolver.external(call.callee, place) ?? ''
    const found = taking.find(([test]) => test.test(path))
    if (!found) return []
    const [, index, names, isHash] = found
    const key = call.arguments[index] ?? call.named.find(([name]) => names.includes(name))?.[1]
    const texts = key ? textsOf(key, place, resolver) : []
    return texts.flatMap((written): WrittenKey[] => {
      const { text, isDefault } = written
      if (open.test(text) || written.module.role !== 'server') return []
      if (isDefault ? isDemanded(written, all) : isHash && !random.test(text)) return []
      const by = path.replace(/:(default\.)?/, '.')
      return [{ by, masked: masked(text), isDefault, file: module.path, line: call.line }]
    })
  }
  return module.calls.flatMap(keyOf)
}

/** Keys that the source hands to what encrypts and signs, as they are written in it. */
export const writtenKeys = gatherer<WrittenKey[], { modules: typeof modules; project: typeof project }>({
  id: 'written-keys',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules: source, project }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path, role }) => role === 'server' && isInScope(project, path))
    const found = own.flatMap(module => keysIn(module, own, resolver))
    return [...new Map(found.map(one => [`${one.file}:${one.line} ${one.masked}`, one])).values()]
  },
})
