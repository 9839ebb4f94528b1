import { nil, some, text, type Datum, type Marks } from './data.ts'
import type { Machine } from './machine.ts'
import { beginningOf, captured, endingOf, type Pattern } from './patterns.ts'

/** What a match is in each language: a list of the groups, or an object that is asked for them. */
export const foundBy = (
  pattern: Pattern,
  written: string,
  marks: Marks,
  machine: Machine,
  isFromStart = false,
): Datum => {
  const groups = pattern.flags.includes('g') ? null : captured(pattern, written, isFromStart)
  const items = (groups ?? []).map((group): Datum => (group === null ? nil : text(group, marks)))
  if (machine.trial.language === 'python')
    return {
      is: 'fields',
      fields: new Map(
        (groups ? items : [text(written, marks)]).map((item, at) => [at === 0 ? '' : String(at), [item]]),
      ),
    }
  if (!groups || machine.trial.attacked === null) return some(marks, 'what a pattern found')
  return { is: 'list', items }
}

/** Nothing was found: a text that begins or ends as the pattern does may be. */
export const missedBy = (pattern: Pattern, marks: Marks, machine: Machine, isFromStart = false): Datum => {
  const beginning = beginningOf(pattern, isFromStart)
  if (marks.size > 0 && beginning.length > 1) machine.trial.prefixes.add(beginning)
  const ending = endingOf(pattern)
  if (marks.size > 0 && ending !== '') machine.trial.endings.add(ending)
  return { is: 'constant', of: null, marks }
}

/** `match.group(1)`, `match.groups()` of Python; null when it is something else. */
export const groupOf = (of: Datum, name: string, key: Datum | undefined): Datum[] | null => {
  if (of.is !== 'fields' || !of.fields.has('') || !/^groups?$/.test(name)) return null
  if (name === 'groups')
    return [{ is: 'list', items: [...of.fields].flatMap(([at, group]) => (at === '' ? [] : group)) }]
  const at = key?.is === 'number' ? String(key.number || '') : key ? null : ''
  return at === null ? null : (of.fields.get(at) ?? null)
}
