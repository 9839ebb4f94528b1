import { isSettingsClass, originOf } from '../code/origin.ts'
import type { Resolver, Thing } from '../code/resolve.ts'
import { fieldOf, type Call } from '../code/values.ts'
import { namesCredential } from '../credential-names.ts'

/** Settings that are printed whole: pydantic shows each field that is no `SecretStr` and is not left out. */
const ofInstance = ({ value, ...place }: Thing, resolver: Resolver): string[] => {
  if (value.is !== 'call' || !isSettingsClass(value.callee, place, resolver)) return []
  return resolver.things(value.callee, place).flatMap(({ value: owner }) =>
    owner.is === 'class' && !owner.members.some(({ name }) => /^__(repr|str|repr_args)__$/.test(name))
      ? owner.members.flatMap(({ name, type, value: kept }) => {
          const isKept = type !== null && !/secret/i.test(type) && kept.is !== 'function'
          const repr = kept.is === 'call' ? fieldOf(kept.named, 'repr') : undefined
          const isShown = !(repr?.is === 'constant' && repr.of === false)
          return isKept && isShown && namesCredential(name) ? [name] : []
        })
      : [],
  )
}

/** What argparse makes of the command line, printed whole: `--api-key` among its options. */
const ofArguments = ({ value, ...place }: Thing, resolver: Resolver): string[] => {
  const path = value.is === 'call' ? (resolver.external(value.callee, place) ?? '') : ''
  if (!/^argparse\.ArgumentParser\(\)\.parse_(known_)?args$/.test(path)) return []
  return place.module.calls.flatMap(({ callee, arguments: given }) =>
    callee.is === 'member' && callee.name === 'add_argument'
      ? given.flatMap(one => (one.is === 'text' && namesCredential(one.text) ? [one.text] : []))
      : [],
  )
}

/** `z.object({ API_KEY: z.string() })`, also as `z.object({ … }).strict()`: names of its fields that hold credentials. */
const credentialsOfSchema = (call: Call, place: Omit<Thing, 'value'>, resolver: Resolver): string[] =>
  call.callee.is !== 'member'
    ? []
    : /^zod:(z\.|default\.)?(object|looseObject|strictObject)$/.test(resolver.external(call.callee, place) ?? '')
      ? call.arguments
          .flatMap(given => resolver.things(given, place))
          .flatMap(({ value }) => (value.is === 'record' ? value.fields.map(([key]) => key) : []))
          .filter(namesCredential)
      : resolver
          .things(call.callee.of, place)
          .flatMap(({ value, ...at }) => (value.is === 'call' ? credentialsOfSchema(value, at, resolver) : []))

/** What a schema makes of the environment, printed whole. */
const ofSchema = ({ value, ...place }: Thing, resolver: Resolver): string[] => {
  if (value.is !== 'call' || value.callee.is !== 'member' || !/^parse(Async)?$/.test(value.callee.name)) return []
  const [given] = value.arguments
  if (!given || !originOf(given, place, resolver).outside) return []
  return credentialsOfSchema(value, place, resolver)
}

/** Credentials in settings that are printed whole. */
export const ofWhole = (thing: Thing, resolver: Resolver): string[] => [
  ...ofInstance(thing, resolver),
  ...ofArguments(thing, resolver),
  ...ofSchema(thing, resolver),
]
