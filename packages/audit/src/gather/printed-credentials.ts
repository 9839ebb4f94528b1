import { gatherer } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { run } from '../target/run.ts'
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
}

const maxTried = 6
const word = /[\w~+/=.-]{16,}/g

const bare = (value: string): string => value.replace(/^\w+ (?=\S+$)/, '')

/** Long words that are no path, no address and no plain word. */
const candidatesIn = (lines: readonly string[], known: readonly string[]): { word: string; line: string }[] => {
  const found = lines.flatMap(line =>
    [...line.matchAll(word)]
      .map(([text]) => text.replace(/[.=]+$/, match => (match.startsWith('=') ? match : '')))
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
    const values = given.map(([, value]) => bare(value))
    const left = holding(target, values)
    const [name, usual] = given[0] ?? []
    if (left.length === 0 || name === undefined || usual === undefined) return null
    const env = Object.fromEntries(Object.entries(server.launch.env).filter(([name]) => !left.includes(name)))
    const open = Object.fromEntries(Object.entries(headers).filter(([name]) => !isCredential(name)))
    const without = { ...target, server: { ...server, launch: { ...server.launch, env } } }
    const running = await run(without, { startup: Math.max(10_000, opening.ms * 4), headers: open })
    const { process } = running
    try {
      const [era] = opening.eras
      if (running.transport !== 'http' || !process || !running.listening || !era)
        return { left, refusal: null, printed: null, tried: 0 }
      const ask = (credential?: string) =>
        askEndpoint(running.url, era, {
          method: 'POST',
          headers: credential === undefined ? open : { ...open, [name]: usual.replace(bare(usual), () => credential) },
        })
      const first = await ask()
      if (wasServed(first)) return { left, refusal: null, printed: null, tried: 0 }
      await untilQuiet(process)
      const lines = process.log.lines.map(({ text }) => text)
      const candidates = candidatesIn(lines, [...values, running.url])
      for (const { word, line } of candidates) {
        if (!wasServed(await ask(word))) continue
        const masked = mask(word)
        const printed = { masked, line: line.replaceAll(word, masked).slice(0, 200) }
        return { left, refusal: statusOf(first), printed, tried: candidates.length }
      }
      return { left, refusal: statusOf(first), printed: null, tried: candidates.length }
    } finally {
      await process?.stop()
    }
  },
})
