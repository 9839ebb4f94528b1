import { isMatch } from './ref-patterns.ts'

/** What is known of a run when a condition is asked: the event, its ref, and where it stands. */
export interface Occasion {
  event: string
  /** Such as `refs/heads/main`; null when the event has none that is known. */
  ref: string | null
  /** `opened`, `published`, ...; null when not known. */
  action: string | null
  /** Literal inputs that a caller gives to a reusable workflow. */
  inputs?: Record<string, string | number | boolean>
  /** Values by their full name, such as `env.PYTHON` or `matrix.os`. */
  values?: Record<string, string>
}

/** A value, or undefined when it cannot be known from the files. */
type Value = string | number | boolean | null | undefined

type Token = { kind: 'text' | 'number' | 'name' | 'sign'; value: string }

const tokenPattern =
  /\s*(?:'((?:[^']|'')*)'|(-?\d[\w.]*)|([A-Za-z_][\w-]*(?:\.(?:[\w-]+|\*))*)|(\|\||&&|==|!=|<=|>=|[<>!()[\],.*]))/y

const tokensOf = (text: string): Token[] | null => {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  let end = 0
  for (let match = tokenPattern.exec(text); match; match = tokenPattern.exec(text)) {
    const [, quoted, number, name, sign] = match
    end = tokenPattern.lastIndex
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replaceAll("''", "'") })
    else if (number !== undefined) tokens.push({ kind: 'number', value: number })
    else if (name !== undefined) tokens.push({ kind: 'name', value: name })
    else tokens.push({ kind: 'sign', value: sign ?? '' })
  }
  return text.slice(end).trim() === '' ? tokens : null
}

const isLiteral = (value: string | number | boolean): boolean => typeof value !== 'string' || !value.includes('${{')

/** What GitLab calls the source of a pipeline. */
const sources: Record<string, string> = {
  push: 'push',
  pull_request: 'merge_request_event',
  schedule: 'schedule',
  workflow_dispatch: 'web',
}

const contextOf = ({ event, ref, action, inputs, values }: Occasion): Record<string, Value> => {
  const type = ref?.startsWith('refs/tags/') ? 'tag' : ref?.startsWith('refs/heads/') ? 'branch' : undefined
  const name = type ? ref?.replace(/^refs\/(heads|tags)\//, '') : undefined
  const isRequest = event === 'pull_request'
  return {
    'github.event_name': event,
    'github.ref': ref ?? undefined,
    'github.ref_type': type,
    'github.ref_name': name,
    'github.event.action': action ?? undefined,
    'gitlab.ci_pipeline_source': sources[event],
    'gitlab.ci_commit_branch': type === 'branch' ? name : type === 'tag' || isRequest ? null : undefined,
    'gitlab.ci_commit_tag': type === 'tag' ? name : null,
    'gitlab.ci_commit_ref_name': isRequest ? 'topic/change' : name,
    'gitlab.ci_merge_request_iid': isRequest ? '1' : null,
    'gitlab.ci_merge_request_id': isRequest ? '1' : null,
    'gitlab.ci_merge_request_target_branch_name': isRequest ? 'main' : null,
    'gitlab.ci_default_branch': 'main',
    'gitlab.ci': 'true',
    'circleci.branch': type === 'branch' ? name : null,
    'circleci.tag': type === 'tag' ? name : null,
    ...Object.fromEntries(
      Object.entries(inputs ?? {}).map(([name, value]) => [
        `inputs.${name.toLowerCase()}`,
        isLiteral(value) ? value : undefined,
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(values ?? {}).flatMap(([name, value]) => (isLiteral(value) ? [[name.toLowerCase(), value]] : [])),
    ),
  }
}

const lower = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value)

const equal = (a: Value, b: Value): boolean | undefined =>
  a === undefined || b === undefined
    ? undefined
    : lower(a) === lower(b) || (typeof a !== typeof b && Number(a) === Number(b))

const truthy = (value: Value): boolean | undefined => (value === undefined ? undefined : Boolean(value) && value !== 0)

const inText =
  (test: (text: string, part: string) => boolean) =>
  (a: Value, b: Value): Value =>
    typeof a === 'string' && typeof b === 'string' ? test(a.toLowerCase(), b.toLowerCase()) : undefined

const functions: Record<string, (...values: Value[]) => Value> = {
  startswith: inText((text, part) => text.startsWith(part)),
  endswith: inText((text, part) => text.endsWith(part)),
  contains: inText((text, part) => text.includes(part)),
  matches: (name, pattern) => typeof name === 'string' && typeof pattern === 'string' && isMatch(pattern, name),
  always: () => true,
  success: () => true,
  // The run that is asked about is the one in which nothing went wrong.
  failure: () => false,
  cancelled: () => false,
}

/** Raised while parsing; GitHub refuses such a workflow as a whole. */
class Malformed extends Error {}

/** Inputs that nobody gave are empty; those of a run that a person starts are not known. */
const valueOfName = (name: string, context: Record<string, Value>): Value =>
  name in context
    ? context[name]
    : /^(inputs|github\.event\.inputs)\./.test(name) && context['github.event_name'] !== 'workflow_dispatch'
      ? null
      : undefined

const evaluateTokens = (tokens: Token[], context: Record<string, Value>): Value => {
  let at = 0
  let depth = 0
  const sign = (value: string): boolean => tokens[at]?.kind === 'sign' && tokens[at]?.value === value && ++at > 0
  const need = (value: string): void => {
    if (!sign(value)) throw new Malformed(`expected ${value}`)
  }
  const values = (): Value[] => {
    const found: Value[] = []
    if (sign(')')) return found
    do found.push(either())
    while (sign(','))
    need(')')
    return found
  }
  const single = (): Value => {
    if (++depth > 60) throw new Malformed('nested too deeply')
    const value = unnested()
    depth--
    return value
  }
  /** What follows a value to ask for a part of it: `[0]`, `.name`, `.*`. */
  const within = (): boolean => {
    const start = at
    while (tokens[at]?.kind === 'sign' && /^[[.]$/.test(tokens[at]?.value ?? '')) {
      if (sign('[')) {
        if (!sign('*')) either()
        need(']')
      } else if (sign('.') && !sign('*') && tokens[at++]?.kind !== 'name') throw new Malformed('expected a name')
    }
    return at > start
  }
  const unnested = (): Value => {
    if (sign('!')) {
      const value = truthy(single())
      return value === undefined ? undefined : !value
    }
    if (sign('(')) {
      const value = either()
      need(')')
      return within() ? undefined : value
    }
    const token = tokens[at++]
    if (!token || token.kind === 'sign') throw new Malformed(`unexpected ${token?.value ?? 'end'}`)
    if (token.kind === 'text') return token.value
    if (token.kind === 'number') return Number(token.value)
    if (sign('(')) {
      const given = values()
      const made = functions[token.value.toLowerCase()]?.(...given)
      return within() ? undefined : made
    }
    if (within()) return undefined
    return token.value === 'true'
      ? true
      : token.value === 'false'
        ? false
        : token.value === 'null'
          ? null
          : valueOfName(token.value.toLowerCase(), context)
  }
  const compared = (): Value => {
    const left = single()
    for (const operator of ['==', '!=', '<=', '>=', '<', '>']) {
      if (!sign(operator)) continue
      const same = equal(left, single())
      if (operator === '==') return same
      return operator === '!=' && same !== undefined ? !same : undefined
    }
    return left
  }
  const both = (): Value => {
    let value = compared()
    while (sign('&&')) {
      const next = compared()
      const known = truthy(value)
      value = known === false ? value : known === true ? next : truthy(next) === false ? false : undefined
    }
    return value
  }
  const either = (): Value => {
    let value = both()
    while (sign('||')) {
      const next = both()
      const known = truthy(value)
      value = known === true ? value : known === false ? next : truthy(next) === true ? true : undefined
    }
    return value
  }
  const value = either()
  if (at < tokens.length) throw new Malformed(`unexpected ${tokens[at]?.value}`)
  return value
}

export type Answer = 'true' | 'false' | 'unknown' | 'malformed'

const malformed = Symbol('malformed')

const evaluate = (expression: string, occasion: Occasion): Value | typeof malformed => {
  const tokens = tokensOf(expression)
  if (!tokens) return malformed
  try {
    return evaluateTokens(tokens, contextOf(occasion))
  } catch (error) {
    if (error instanceof Malformed) return malformed
    throw error
  }
}

/** Whether an `if:` lets a run pass on this occasion. What depends on anything but the occasion is `unknown`. */
export const conditionHolds = (condition: string, occasion: Occasion): Answer => {
  const trimmed = condition.trim()
  const whole = /^\$\{\{([\s\S]*)\}\}$/.exec(trimmed)
  const body = whole?.[1] ?? trimmed
  // Text around an expression makes it a non-empty string, which is always true.
  if (body.includes('${{')) return 'true'
  const value = evaluate(body, occasion)
  if (value === malformed) return 'malformed'
  const known = truthy(value)
  return known === undefined ? 'unknown' : known ? 'true' : 'false'
}

const given = (name: string, { inputs, values }: Occasion): string | undefined => {
  const lower = name.toLowerCase()
  const all = [
    ...Object.entries(inputs ?? {}).map(([key, value]) => [`inputs.${key}`, value] as const),
    ...Object.entries(values ?? {}),
  ]
  const found = all.find(([key]) => key.toLowerCase() === lower)
  return found === undefined ? undefined : String(found[1])
}

/** A text with what is known in place of its expressions. A name may stand for a text with further expressions. */
export const spelledOut = (text: string, occasion: Occasion): string => {
  const pass = (each: string): string =>
    each.replaceAll(/\$\{\{\s*([^{}]*?)\s*\}\}/g, (whole, inner: string) => {
      const value = given(inner, occasion) ?? evaluate(inner, occasion)
      return value === undefined || value === malformed || value === null ? whole : String(value)
    })
  return text.includes('${{') ? pass(pass(text)) : text
}

/** What a text of one expression stands for, also a list or a table in `fromJSON(...)`; undefined when not known. */
export const valueOf = (text: string, occasion: Occasion): unknown => {
  const inner = /^\$\{\{\s*([\s\S]*?)\s*\}\}$/.exec(text.trim())?.[1]
  if (inner === undefined) return undefined
  const source = /^fromJSON\(([\s\S]*)\)$/i.exec(inner)?.[1]
  const value = given(source ?? inner, occasion) ?? evaluate(source ?? inner, occasion)
  if (value === malformed) return undefined
  if (source === undefined || typeof value !== 'string') return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return undefined
  }
}
