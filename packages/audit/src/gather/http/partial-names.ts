import { someIn } from '../code/parts.ts'
import type { Place } from '../code/resolve.ts'
import { visibleAt, type Value } from '../code/values.ts'

/** A beginning that ends a host: `http://localhost:`, `https://app.example/`, `localhost:`. */
const isWholeStart = (text: string): boolean => /[:/]$/.test(text) && !text.endsWith('://')

/** Where a text says a name of a host: `localhost`, `http://localhost`, `127.0.0.1`, `.example.com`. */
const isName = (text: string): boolean => /localhost|\d+\.\d+\.\d+|\w\.\w/.test(text)

/** A pattern without an end finds a name anywhere: `/localhost|127.0.0.1/`. */
const isOpenPattern = (text: string): boolean =>
  isName(text.replaceAll('\\', '')) && (!text.startsWith('^') || !/\$\)?$|[:/](\W|$)|\(\?:/.test(text))

/**
 * A name of a host that is only looked for in a part of the header: `origin.includes('localhost')` lets
 * `http://localhost.evil.example` pass. Null where nothing of the kind is seen.
 */
export const partialIn = (values: Value[], isHeader: (value: Value) => boolean, { module }: Place): string | null => {
  const isOf = (value: Value): boolean =>
    isHeader(value) ||
    (value.is === 'either' && isOf(value.first)) ||
    (value.is === 'name' &&
      visibleAt(module, value.name, value.at).some(({ value: kept }) => kept !== value && someIn(kept, isHeader)))
  let found: string | null = null
  for (const value of values)
    someIn(value, part => {
      if (part.is !== 'call' || part.callee.is !== 'member') return found !== null
      const { of, name } = part.callee
      const [first] = part.arguments
      const text = first?.is === 'text' && isName(first.text) ? first.text : null
      if (text !== null && name === 'includes' && isOf(of))
        found = `it looks for «${text}» anywhere in the header, which «${text}.evil.example» has as well`
      if (text !== null && /^starts_?with$/i.test(name) && !isWholeStart(text) && isOf(of))
        found = `it looks at the beginning «${text}» alone, which «${text}.evil.example» has as well`
      if (name === 'test' && first && isOf(first)) {
        const kept =
          of.is === 'name' ? visibleAt(module, of.name, of.at).map(one => one.value) : ([of] satisfies Value[])
        const [pattern] = kept
        if (kept.length === 1 && pattern?.is === 'pattern' && isOpenPattern(pattern.text))
          found = `/${pattern.text}/ has no end: a longer name of another has what it looks for as well`
      }
      return found !== null
    })
  return found
}
