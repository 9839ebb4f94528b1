/** What is known of a run when a condition is asked: the event, its ref, and where it stands. */
export interface Occasion {
  event: string
  /** Such as `refs/heads/main`; null when the event has none that is known. */
  ref: string | null
  /** `opened`, `published`, ...; null when not known. */
  action: string | null
  /** Literal inputs that a caller gives to a reusable workflow. */
  inputs?: Record<string, string | number | boolean>
}

/** A value, or undefined when it cannot be known from the files. */
type Value = string | number | boolean | null | undefined

type Token = { kind: 'text' | 'number' | 'name' | 'sign'; value: string }

const tokenPattern =
  /\s*(?:'((?:[^']|'')*)'|(-?\d[\w.]*)|([A-Za-z_][\w-]*(?:\.(?:[\w-]+|\*))*)|(\|\||&&|==|!=|<=|>=|[<>!()[\],.]))/y

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

const contextOf = ({ event, ref, action, inputs }: Occasion): Record<string, Value> => {
  const type = ref?.startsWith('refs/tags/') ? 'tag' : ref?.startsWith('refs/heads/') ? 'branch' : undefined
  return {
    'github.event_name': event,
    'github.ref': ref ?? undefined,
    'github.ref_type': type,
    'github.ref_name': type ? ref?.replace(/^refs\/(heads|tags)\//, '') : undefined,
    'github.event.action': action ?? undefined,
    ...Object.fromEntries(Object.entries(inputs ?? {}).map(([name, value]) => [`inputs.${name.toLowerCase()}`, value])),
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
  always: () => true,
  success: () => true,
  // The run that is asked about is the one in which nothing went wrong.
  failure: () => false,
  cancelled: () => false,
}

/** Raised while parsing; GitHub refuses such a workflow as a whole. */
class Malformed extends Error {}

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
  const unnested = (): Value => {
    if (sign('!')) {
      const value = truthy(single())
      return value === undefined ? undefined : !value
    }
    if (sign('(')) {
      const value = either()
      need(')')
      return value
    }
    const token = tokens[at++]
    if (!token || token.kind === 'sign') throw new Malformed(`unexpected ${token?.value ?? 'end'}`)
    if (token.kind === 'text') return token.value
    if (token.kind === 'number') return Number(token.value)
    if (sign('(')) {
      const given = values()
      return functions[token.value.toLowerCase()]?.(...given)
    }
    let indexed = false
    while (tokens[at]?.kind === 'sign' && /^[[.]$/.test(tokens[at]?.value ?? '')) {
      indexed = true
      if (sign('[')) {
        if (!sign('*')) either()
        need(']')
      } else at += 2
    }
    if (indexed) return undefined
    return token.value === 'true'
      ? true
      : token.value === 'false'
        ? false
        : token.value === 'null'
          ? null
          : context[token.value.toLowerCase()]
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

/** Whether an `if:` lets a run pass on this occasion. What depends on anything but the occasion is `unknown`. */
export const conditionHolds = (condition: string, occasion: Occasion): Answer => {
  const trimmed = condition.trim()
  const whole = /^\$\{\{([\s\S]*)\}\}$/.exec(trimmed)
  const body = whole?.[1] ?? trimmed
  // Text around an expression makes it a non-empty string, which is always true.
  if (body.includes('${{')) return 'true'
  const tokens = tokensOf(body)
  if (!tokens) return 'malformed'
  try {
    const value = truthy(evaluateTokens(tokens, contextOf(occasion)))
    return value === undefined ? 'unknown' : value ? 'true' : 'false'
  } catch (error) {
    if (error instanceof Malformed) return 'malformed'
    throw error
  }
}
