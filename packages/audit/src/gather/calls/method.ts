import type { Resolver } from '../code/resolve.ts'
import { fieldOf, type Call, type Module, type Value } from '../code/values.ts'

/** Called as they are, with an address and options. */
const bare =
  /fetch(:(default)?)?$|^(undici:request|urlopen|https?:get)$|urlopen$|^(got|ky|ofetch|wretch|axios):(default)?$/

/** What a method may be, in capitals; null when it is computed. */
const methodsOf = (value: Value, module: Module, resolver: Resolver): string[] | null => {
  if (value.is === 'call' && value.callee.is === 'member' && /^(toUpperCase|upper)$/.test(value.callee.name))
    return methodsOf(value.callee.of, module, resolver)
  const texts = resolver
    .things(value, { module, frames: [] })
    .map(({ value: found }) => (found.is === 'text' ? found.text.toUpperCase() : null))
  return texts.length > 0 && texts.every(text => text !== null) ? texts : null
}

/** One of several that may be repeated, where there is one. */
const chosen = (methods: string[] | null): string | null =>
  methods?.find(method => !/^(POST|PATCH)$/.test(method)) ?? methods?.[0] ?? null

/** `...(proxy ? { proxy } : {})` says nothing of the method. */
const mayHoldMethod = (value: Value, module: Module, resolver: Resolver): boolean =>
  value.is === 'both'
    ? mayHoldMethod(value.second, module, resolver)
    : resolver
        .things(value, { module, frames: [] })
        .some(({ value: of }) => of.is !== 'record' || of.fields.some(([key]) => key === 'method' || key === '...'))

/** The method of an HTTP request, in capitals, by the name of what is called and its options; null when it is not known. */
export const methodOf = (call: Call, path: string, module: Module, resolver: Resolver): string | null => {
  const verb = /[.:](get|post|put|patch|delete|head|options|postForm|putForm|patchForm)$/.exec(path)?.[1]
  if (verb) return verb.replace('Form', '').toUpperCase()
  const first = path.endsWith('.request') && call.arguments[0] ? methodsOf(call.arguments[0], module, resolver) : null
  if (first || (path.endsWith('.request') && module.language === 'python')) return chosen(first)
  if (!bare.test(path) && !/^axios:|\.request$/.test(path)) return null
  const options = call.arguments[/^axios:|\.request$/.test(path) ? 0 : 1]
  if (!options) return path.endsWith('urlopen') ? null : 'GET'
  const records = resolver
    .things(options, { module, frames: [] })
    .flatMap(({ value }) => (value.is === 'record' ? [value] : [null]))
  const known = records.filter(record => record !== null)
  if (known.length < records.length) return null
  const [method] = known.flatMap(({ fields }) => fieldOf(fields, 'method') ?? [])
  if (method) return chosen(methodsOf(method, module, resolver))
  const isHidden = known.some(({ fields }) =>
    fields.some(([key, value]) => key === '...' && mayHoldMethod(value, module, resolver)),
  )
  return isHidden ? null : 'GET'
}
