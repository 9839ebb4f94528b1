import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { visibleAt, type Module, type Value } from './code/values.ts'
import { isInScope, project } from './project.ts'

/** A host or a path that the source chooses by the name of the environment it runs in. */
export interface EnvironmentChoice {
  /** The variable that holds the name, such as `NODE_ENV`. */
  by: string
  /** What it chooses from. */
  texts: string[]
  file: string
  line: number
}

export interface EnvironmentChoices {
  found: EnvironmentChoice[]
  /** Source files of the server that were looked at. */
  files: number
}

const stage = /^(NODE_ENV|(\w+_)?(ENV|ENVIRONMENT|STAGE|APP_ENV|DEPLOY_ENV|PROFILE))$/
/** What belongs to a deployment: an address or a path. */
const deployed = /^\w+:\/\/[^/\s]+|^\/(var|opt|srv|data|mnt|home|etc)\//
const maxDepth = 8
const maxSeen = 200

const nested = (value: Value): Value[] => {
  switch (value.is) {
    case 'compare':
      return [value.left, value.right]
    case 'either':
    case 'both':
      return [value.first, value.second]
    case 'not':
    case 'index':
    case 'member':
      return [value.of, ...(value.is === 'index' ? [value.index] : [])]
    case 'call':
      return [...value.arguments, ...(value.callee.is === 'member' ? [value.callee.of] : [])]
    default:
      return []
  }
}

/** The variable with the name of the environment that a condition depends on. */
const stageIn = (value: Value, place: Place, resolver: Resolver, seen = new Set<Value>()): string | null => {
  if (seen.has(value) || seen.size > maxSeen) return null
  seen.add(value)
  const name =
    value.is === 'call' &&
    value.arguments[0] &&
    /^os\.(getenv|environ\.get)$/.test(resolver.external(value.callee, place) ?? '')
      ? resolver.text(value.arguments[0], place)
      : (/^(?:global:(?:globalThis\.)?process\.env|process:env|os\.environ)\.(\w+)$/.exec(
          resolver.external(value, place) ?? '',
        )?.[1] ?? null)
  if (name !== null) return stage.test(name) ? name : null
  const declared =
    value.is === 'name' ? visibleAt(place.module, value.name, value.at).map(({ value: kept }) => kept) : []
  const followed =
    value.is === 'name' || value.is === 'member'
      ? resolver.things(value, place).filter(({ value: found }) => found !== value && found.is === 'call')
      : []
  for (const each of [...nested(value), ...declared]) {
    const found = stageIn(each, place, resolver, seen)
    if (found) return found
  }
  for (const { value: each, module, frames } of followed) {
    const found = stageIn(each as Value, { module, frames }, resolver, seen)
    if (found) return found
  }
  return null
}

/** The texts that a value is made of, however deep. */
const textsIn = (value: Value, place: Place, resolver: Resolver, depth = 0): string[] => {
  if (depth > maxDepth) return []
  if (value.is === 'record') return value.fields.flatMap(([, field]) => textsIn(field, place, resolver, depth + 1))
  if (value.is === 'join') return value.parts.slice(0, 1).flatMap(part => textsIn(part, place, resolver, depth + 1))
  return resolver.things(value, place).flatMap(thing => {
    if (thing.value.is === 'text') return [thing.value.text]
    return thing.value.is === 'record' ? textsIn(thing.value, thing, resolver, depth + 1) : []
  })
}

const choiceOf = (value: Value, place: Place, resolver: Resolver, depth = 0): { by: string; texts: string[] }[] => {
  if (depth > maxDepth) return []
  const inner = (all: Value[]): { by: string; texts: string[] }[] =>
    all.flatMap(each => choiceOf(each, place, resolver, depth + 1))
  if (value.is === 'choice') {
    const by = value.test ? stageIn(value.test, place, resolver) : null
    return by
      ? [{ by, texts: value.options.flatMap(option => textsIn(option, place, resolver)) }]
      : inner(value.options)
  }
  if (value.is === 'index') {
    const by = stageIn(value.index, place, resolver)
    return by ? [{ by, texts: textsIn(value.of, place, resolver) }] : []
  }
  if (value.is === 'record') return inner(value.fields.map(([, field]) => field))
  if (value.is === 'either')
    return value.first.is === 'choice' || value.first.is === 'index' ? inner([value.first]) : []
  if (value.is === 'member') return inner([value.of])
  return value.is === 'call' ? inner([...value.arguments, ...value.named.map(([, given]) => given)]) : []
}

const lineOf = (at: number, module: Module): number =>
  [...module.calls, ...module.functions].findLast(one => one.at <= at)?.line ?? 1

const choicesIn = (module: Module, resolver: Resolver): EnvironmentChoice[] => {
  const place: Place = { module, frames: [] }
  const declared = module.declarations.flatMap(({ value, from }) =>
    choiceOf(value, place, resolver).map(one => ({ ...one, file: module.path, line: lineOf(from, module) })),
  )
  const handed = module.calls.flatMap(call =>
    choiceOf(call, place, resolver).map(one => ({ ...one, file: module.path, line: call.line })),
  )
  const guarded = module.guards.flatMap(({ test, consequent, line }) => {
    const by = stageIn(test, place, resolver)
    const texts = by
      ? module.writes
          .filter(({ at }) => consequent.at <= at && at < consequent.end)
          .flatMap(({ value }) => textsIn(value, place, resolver))
      : []
    return by ? [{ by, texts, file: module.path, line }] : []
  })
  const found = [...declared, ...handed, ...guarded].flatMap(one => {
    const texts = [...new Set(one.texts.filter(text => deployed.test(text)))]
    return texts.length > 0 ? [{ ...one, texts }] : []
  })
  return [...new Map(found.map(one => [one.texts.join(' '), one])).values()]
}

/** What the source decides by the name of the environment instead of leaving it to the settings. */
export const environmentChoices = gatherer<EnvironmentChoices, { modules: typeof modules; project: typeof project }>({
  id: 'environment-choices',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules: source, project }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    return { found: own.flatMap(module => choicesIn(module, resolver)), files: own.length }
  },
})
