import { someIn } from '../code/parts.ts'
import type { Place, Resolver } from '../code/resolve.ts'
import { nameOf, type Call, type Module, type Value } from '../code/values.ts'

/** Names of what takes credentials out of all that is logged. */
const redacting = /mask|redact|obfusc|saniti[sz]|scrub|censor|sensitive|secret/i
/** The format of winston that an own function writes: of what is given beside the message it may show nothing. */
const formatting = /^printf$/

/** What a logger is made with, its children too: `pino({ redact })`, `createLogger({ format: combine(mask()) })`. */
const isMadeWith = (names: RegExp, logger: Value, place: Place, resolver: Resolver, depth = 0): boolean =>
  depth < 4 &&
  resolver.things(logger, place).some(({ value, ...at }) => {
    if (value.is !== 'call') return false
    if (value.callee.is === 'member' && isMadeWith(names, value.callee.of, at, resolver, depth + 1)) return true
    return value.arguments.some(given =>
      resolver
        .things(given, at)
        .some(
          ({ value: options }) =>
            options.is === 'record' &&
            options.fields.some(
              ([key, field]) =>
                names.test(key) || someIn(field, part => part.is !== 'text' && names.test(nameOf(part))),
            ),
        ),
    )
  })

/** `logger.addFilter(RedactingFilter())`, `structlog.configure(processors=[redact])`: it is given all that is logged. */
const hooks = /^(addFilter|setFormatter|configure|addHandler|dictConfig|basicConfig)$/

const isHooked = ({ callee, arguments: given, named }: Call): boolean =>
  callee.is === 'member' &&
  hooks.test(callee.name) &&
  [...given, ...named.map(([, value]) => value)].some(value => someIn(value, part => redacting.test(nameOf(part))))

/**
 * Tells whether something that may take credentials out stands between a call of a log and what is written; `isField`: they
 * are fields of a record beside the message.
 */
export const openRedacting = (
  own: Module[],
  resolver: Resolver,
): ((log: Call, module: Module, isField: boolean) => boolean) => {
  const hooked = new Set(own.filter(({ calls }) => calls.some(isHooked)).map(({ language }) => language))
  return ({ callee }, module, isField) => {
    const place: Place = { module, frames: [] }
    const path = resolver.external(callee, place) ?? ''
    // nobody stands between these and what is written
    if (/^global:|^process:|^builtins\.|^sys\./.test(path)) return false
    if (hooked.has(module.language)) return true
    if (callee.is !== 'member') return false
    return (
      isMadeWith(redacting, callee.of, place, resolver) ||
      (isField && isMadeWith(formatting, callee.of, place, resolver))
    )
  }
}
