import type { Resolver } from '../code/resolve.ts'
import { fieldOf, type Call, type Module } from '../code/values.ts'

/** The method of an HTTP request, in capitals, by the name of what is called and its options; null when it is not known. */
export const methodOf = (call: Call, path: string, module: Module, resolver: Resolver): string | null => {
  const verb = /[.:](get|post|put|patch|delete|head|options|postForm|putForm|patchForm)$/.exec(path)?.[1]
  if (verb) return verb.replace('Form', '').toUpperCase()
  if (path.endsWith('.request') && call.arguments[0])
    return resolver.text(call.arguments[0], { module, frames: [] })?.toUpperCase() ?? null
  if (!/fetch$|^undici:request|^axios:|urlopen$|^https?:get$/.test(path)) return null
  const options = call.arguments[path.startsWith('axios:') ? 0 : 1]
  if (!options) return path.endsWith('urlopen') ? null : 'GET'
  const records = resolver.things(options, { module, frames: [] })
  if (!records.every(({ value }) => value.is === 'record')) return null
  const given = records.flatMap(({ value }) => (value.is === 'record' ? [fieldOf(value.fields, 'method')] : []))
  const isSpread = records.some(({ value }) => value.is === 'record' && value.fields.some(([key]) => key === '...'))
  const [method] = given
  if (!method) return isSpread ? null : 'GET'
  return resolver.text(method, { module, frames: [] })?.toUpperCase() ?? null
}
