import { randomBytes } from 'node:crypto'
import { stripVTControlCharacters } from 'node:util'
import { gatherer } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { run } from '../target/run.ts'
import type { Exchanged } from '../target/exchange.ts'
import { askEndpoint, isCredential, ownHeaders, statusOf, wasServed } from '../target/web.ts'
import { untilQuiet } from './life-log.ts'
import { opening } from './startup.ts'

/** What a server that makes its own credential, where none is set, says of it. */
export interface PrintedCredentials {
  /** Variables that hold the credential the audit was given; they were left out. */
  left: string[]
  /** Whether it served without them, and how it met a request without a credential. */
  refusal: string | null
  /** A word of its log that was taken for a credential, without its middle, and the line around it. */
  printed: { masked: string; line: string } | null
  /** Words of its log that were tried. */
  tried: number
  /** Why what it answered tells nothing of these words; null when it does. */
  doubt: string | null
}

/** Each is refused, and a server may count what it refuses. */
const maxTried = 6
const shortest = 16
const word = new RegExp(`[\\w~+/=.-]{${shortest},}`, 'g')

const bare = (value: string): string => value.replace(/^\w+ (?=\S+$)/, '')

/** The word itself, and what stands behind its `token=`. */
const readingsOf = (text: string): string[] => {
  const whole = text.replace(/\.+$/, '')
  return [whole.replace(/^[^=]+=(?=[^=])/, ''), whole]
}

/** Long words that are no path, no address and no plain word; those that are told to be a secret come first. */
const candidatesIn = (lines: readonly string[], known: readonly string[]): { word: string; line: string }[] => {
  const found = lines.map(stripVTControlCharacters).flatMap(line =>
    [...line.matchAll(word)]
      .flatMap(([text]) => readingsOf(text))
      .filter(text => text.length >= shortest)
      .filter(text => /\d/.test(text) && /[a-z]/i.test(text) && !/^\.{0,2}\/|\/\/|^\d{4}-\d\d-\d\d/.test(text))
      .filter(text => !known.some(value => value.includes(text) || text.includes(value)))
      .map(text => ({ word: text, line })),
  )
  const once = found.filter((one, index) => found.findIndex(({ word }) => word === one.word) === index)
  const isTold = ({ line }: { line: string }): boolean => /token|key|secret|password|bearer|auth/i.test(line)
  return once.toSorted((a, b) => Number(isTold(b)) - Number(isTold(a))).slice(0, maxTried)
}

const mask = (text: string): string => `${text.slice(0, 3)}…${text.slice(-2)}`

/** The variables that hold a credential which the audit was given for its requests. */
const holding = (target: Target, credentials: string[]): string[] => {
  const env = target.server?.launch?.env ?? {}
  return Object.entries(env).flatMap(([name, value]) =>
    credentials.some(credential => credential !== '' && value.split(/[\s,]+/).includes(credential)) ? [name] : [],
  )
}

const isTurnedAway = (answer: Exchanged): boolean =>
  answer.outcome === 'answered' && (answer.status === 401 || answer.status === 403)

/** Tries words as credentials. What any word opens, or nobody opens, was opened by none of them. */
const tryWords = async (
  ask: (credential?: string) => Promise<Exchanged>,
  candidates: () => Promise<{ word: string; line: string }[]>,
): Promise<Omit<PrintedCredentials, 'left'>> => {
  const first = await ask()
  const seen = { refusal: wasServed(first) ? null : statusOf(first), printed: null, tried: 0, doubt: null }
  if (seen.refusal === null) return seen
  if (!isTurnedAway(first)) return { ...seen, doubt: `a request without a credential: ${seen.refusal}` }
  const madeUp = await ask(randomBytes(24).toString('hex'))
  if (!isTurnedAway(madeUp)) return { ...seen, doubt: `a request with a made-up credential: ${statusOf(madeUp)}` }
  for (const { word, line } of await candidates()) {
    seen.tried++
    const answer = await ask(word)
    const masked = mask(word)
    if (wasServed(answer)) return { ...seen, printed: { masked, line: line.replaceAll(word, masked).slice(0, 200) } }
    if (!isTurnedAway(answer)) return { ...seen, doubt: `a request with a word of its log: ${statusOf(answer)}` }
  }
  return seen
}

/** Starts the server without the credential that it was given, and tries what its log then says as one. */
export const printedCredentials = gatherer({
  id: 'printed-credentials',
  impact: 'start',
  from: 'server',
  needs: { opening },
  gather: async (target, { opening }): Promise<PrintedCredentials | null> => {
    const { server } = target
    if (server?.transport !== 'http' || !server.launch) return null
    const headers = ownHeaders(target)
    const given = Object.entries(headers).filter(([name]) => isCredential(name))
    const values = given.map(([, value]) => bare(value)).filter(value => value !== '')
    const left = holding(target, values)
    const [name, usual] = given[0] ?? []
    if (left.length === 0 || name === undefined || usual === undefined) return null
    const without = (all: NodeJS.ProcessEnv): Record<string, string> =>
      Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) =>
          left.includes(name) || value === undefined ? [] : [[name, value]],
        ),
      )
    const open = Object.fromEntries(Object.entries(headers).filter(([name]) => !isCredential(name)))
    const bereft = { ...target, server: { ...server, launch: { ...server.launch, env: without(server.launch.env) } } }
    const running = await run(bereft, {
      startup: Math.max(10_000, opening.ms * 4),
      headers: open,
      environment: without(process.env),
    })
    const { process: started } = running
    try {
      const [era] = opening.eras
      if (running.transport !== 'http' || !started || !running.listening || !era)
        return { left, refusal: null, printed: null, tried: 0, doubt: null }
      const ask = (credential?: string) =>
        askEndpoint(running.url, era, {
          method: 'POST',
          headers: credential === undefined ? open : { ...open, [name]: usual.replace(bare(usual), () => credential) },
        })
      const seen = await tryWords(ask, async () => {
        await untilQuiet(started)
        const lines = started.log.lines.map(({ text }) => text)
        return candidatesIn(lines, [...values, running.url])
      })
      return { left, ...seen }
    } finally {
      await started?.stop()
    }
  },
})
