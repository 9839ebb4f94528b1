/** What is written instead of the answer of the real server. */
export interface Answer {
  status: number
  /** Lower case names. Without a content type it is JSON. */
  headers?: Record<string, string>
  /** An object is written as JSON; without one it is `{}` or, from 400 on, an error in words. */
  body?: string | Buffer | object
}

/** A request as a rule sees it. */
export interface Asked {
  method: string
  host: string
  port: number
  path: string
  /** How many requests this host has had, this one included. */
  nth: number
}

/** What happens to a request. */
export type Action =
  /** `retryAfter` in seconds, or a date as the header has it. */
  | { answer: number | Answer | ((asked: Asked) => Answer); retryAfter?: number | string }
  /** Breaks the connection before the answer, or in the middle of its body. */
  | { reset: 'before' | 'within' }
  /** Takes the request and never answers, or never ends the body. */
  | { hang: 'before' | 'within' }
  /** As if nothing listened there. Of a connection that is open already, the next request is reset. */
  | { refuse: true }

export type Rule = Action & {
  /** Only for the first so many requests of each host; after that the rule before it holds again. */
  times?: number
  /** Milliseconds before anything else is done. */
  delay?: number
}

export interface Rules {
  /**
   * `hosts` is `*`, `api.example.com` or `*.example.com`, each with `:PORT` if only that port is meant. What was added
   * last is asked first.
   */
  add(hosts: string, rule: Rule): void
  /** Forgets all rules: every request is answered `{}` again. */
  clear(): void
  /** The rule for the next request of this host, counted as used. */
  take(host: string, port: number): Rule
  /** Whether the next connection to this host is refused; counted as used when it is. */
  refuses(host: string, port: number): boolean
}

const usual: Rule = { answer: 200 }

const matches = (hosts: string, host: string, port: number): boolean => {
  const [, name = '', only] = /^(.*?)(?::(\d+))?$/s.exec(hosts.toLowerCase()) ?? []
  if (only !== undefined && Number(only) !== port) return false
  if (name === '*' || name === host) return true
  return name.startsWith('*.') && host.endsWith(name.slice(1))
}

export const makeRules = (): Rules => {
  let rules: { hosts: string; rule: Rule; used: Map<string, number> }[] = []
  const current = (host: string, port: number) =>
    rules.findLast(
      ({ hosts, rule, used }) => matches(hosts, host, port) && (used.get(host) ?? 0) < (rule.times ?? Infinity),
    )
  const use = (one: ReturnType<typeof current>, host: string): void => {
    one?.used.set(host, (one.used.get(host) ?? 0) + 1)
  }
  return {
    add: (hosts, rule) => void rules.push({ hosts, rule, used: new Map() }),
    clear: () => {
      rules = []
    },
    take: (host, port) => {
      const one = current(host, port)
      use(one, host)
      return one?.rule ?? usual
    },
    refuses: (host, port) => {
      const one = current(host, port)
      if (!one || !('refuse' in one.rule)) return false
      use(one, host)
      return true
    },
  }
}
