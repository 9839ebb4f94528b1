import { hostIn } from './hosts.ts'
import { originOf, type Origin } from './origin.ts'
import { someIn } from './parts.ts'
import type { Place, Resolver } from './resolve.ts'
import { isWithin, type Module, type Value } from './values.ts'

const asksOutside = (test: Value, place: Place, resolver: Resolver): boolean =>
  someIn(test, part => /^(name|member|call)$/.test(part.is) && originOf(part, place, resolver).outside)

const isChosenIn = (module: Module, isOne: (value: Value) => boolean, resolver: Resolver): boolean => {
  const place: Place = { module, frames: [] }
  const bound = [...module.declarations, ...module.returns, ...module.writes]
  const isAsked = (at: number): boolean =>
    module.guards.some(
      ({ test, consequent, alternate }) =>
        (isWithin(at, consequent) || (alternate !== null && isWithin(at, alternate))) &&
        asksOutside(test, place, resolver),
    )
  const isPicked = (value: Value): boolean =>
    someIn(
      value,
      part =>
        part.is === 'choice' &&
        part.test !== undefined &&
        part.options.some(isOne) &&
        asksOutside(part.test, place, resolver),
    )
  return bound.some(({ value, at }) => (isOne(value) && isAsked(at)) || isPicked(value))
}

/** Hosts that are all written in the source, of which a setting takes one: `if (process.env.SANDBOX) url = ...`. */
export const isChosenBySetting = ({ literals }: Origin, modules: Module[], resolver: Resolver): boolean => {
  const hosts = new Set(literals.map(({ text }) => text))
  if (hosts.size < 2) return false
  const isOne = (value: Value): boolean => value.is === 'text' && hosts.has(hostIn(value.text) ?? '')
  return modules.some(module => isChosenIn(module, isOne, resolver))
}
