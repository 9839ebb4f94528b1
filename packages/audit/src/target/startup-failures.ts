import { Refusal } from '../core/refusal.ts'
import type { Era, Reply } from './connection.ts'
import type { Running } from './handshake.ts'

/** How the start of a server went. */
export interface Startup {
  ready: boolean
  /** What to say of it, one sentence. */
  saw: string
  /** What its owner should do; empty when it is ready. */
  advice: string
  /** It ended because it was not told what only its user can tell: an argument, a variable, a key. */
  wantsSettings: boolean
  /** Milliseconds from the start to the end of the handshake. */
  ms: number
  /** Eras it speaks; the first is the one that is audited. */
  eras: Era[]
  /** The revision agreed for each era. */
  revisions: Partial<Record<Era, string>>
  /** Lines that were no protocol, on stdout before the handshake. */
  strayLines: string[]
}

/** The line of its log that tells most about why it failed. */
export const lastWords = (running: Running): string => {
  const lines = running.process?.log.lines ?? []
  return (
    lines.findLast(({ text }) => /error|missing|required|usage|must|cannot|not found/i.test(text))?.text.trim() ??
    lines.at(-1)?.text.trim() ??
    ''
  )
}

interface Diagnosis {
  advice: string
  wantsSettings: boolean
}

const missingWord =
  /required|missing|must be set|not set|not provided|no .{0,30}(provided|given|specified|set)|please (set|provide)/i
const settingWord =
  /\b(env(ironment)?|variable|api[_ -]?key|token|credentials?|secret|password|[A-Z][A-Z0-9]*_[A-Z0-9_]{2,})\b/
const argumentWord = /^usage\b|\busage:|argument|--[a-z]|\boption|directory|\bpath\b|connection string|\burl\b/i

const programmingError = /\b(Syntax|Type|Reference|Range|Attribute|Name|Import|Indentation)Error\b/
const bug: Diagnosis = { advice: 'start it by hand with the same command and read what it says', wantsSettings: false }

const diagnose = (words: string): Diagnosis => {
  if (/cannot find module|ERR_MODULE_NOT_FOUND|ModuleNotFoundError|No module named/i.test(words))
    return { advice: 'install its dependencies and build it, then start it the same way by hand', wantsSettings: false }
  if (programmingError.test(words)) return bug
  if (/^KeyError: '[A-Z_]+'/.test(words) || (missingWord.test(words) && settingWord.test(words)))
    return {
      advice: 'give it the environment it asks for, with --env NAME=value or "env" in airworthy.json',
      wantsSettings: true,
    }
  if (/^usage\b|\busage:/i.test(words) || (missingWord.test(words) && argumentWord.test(words)))
    return { advice: 'give it the arguments it asks for: airworthy check -- COMMAND ARGUMENTS', wantsSettings: true }
  return bug
}

/** Lines on stdout that were no protocol. */
export const strayOf = (running: Running): string[] =>
  running.transport === 'stdio' ? [...running.pipe.strayLines] : []

export const failed = (running: Running, saw: string, { advice, wantsSettings }: Diagnosis): Startup => ({
  ready: false,
  saw,
  advice,
  wantsSettings,
  ms: performance.now() - running.startedAt,
  eras: [],
  revisions: {},
  strayLines: strayOf(running),
})

/** Why a started server never got to its handshake, told apart by what was seen. */
export const notStarted = (running: Running): Startup => {
  const { process } = running
  const words = lastWords(running)
  const said = words ? `; its last words: ${words.slice(0, 300)}` : ''
  if (process?.exit) {
    const { code, signal, ms } = process.exit
    const how = signal ? `was ended by ${signal}` : `exited with code ${code}`
    return failed(
      running,
      `the process ${how} after ${Math.round(ms)} ms, before any handshake${said}`,
      diagnose(words),
    )
  }
  const seconds = Math.round((performance.now() - running.startedAt) / 1000)
  if (running.transport === 'http')
    return failed(running, `nothing listens on ${running.url} after ${seconds} s${said}`, {
      advice: 'check the port in the URL and the command that serves it',
      wantsSettings: false,
    })
  const stray = running.pipe.strayLines[0]
  if (stray !== undefined)
    return failed(running, `it wrote «${stray.slice(0, 200)}» to stdout and answered nothing in ${seconds} s`, {
      advice: 'write logs to stderr: stdout belongs to the protocol',
      wantsSettings: false,
    })
  return failed(
    running,
    `it runs and answered neither server/discover nor initialize in ${seconds} s${said}`,
    diagnose(words),
  )
}

/** With nothing else to audit, a server that lacks its settings is the user's to complete. */
export const refuseWhatLacksSettings = (startup: Startup): void => {
  if (startup.wantsSettings) throw new Refusal(`the server needs more to start: ${startup.saw}`, startup.advice)
}

/** What is plainly no MCP server, or cannot be reached, is the user's to change: nothing can be audited. */
export const refuseWhatIsNoServer = (running: Running, reply: Reply): void => {
  if (running.transport === 'stdio') {
    const { pipe, process } = running
    const echoed = pipe.received.some(
      ({ message }) => message['method'] === 'server/discover' || message['method'] === 'initialize',
    )
    if (echoed)
      throw new Refusal(
        'the command only echoes its input: it is no MCP server',
        'give the command that starts the server: airworthy check -- COMMAND',
      )
    if (process.exit?.code === 0 && process.exit.ms < 10_000 && reply.kind === 'lost')
      throw new Refusal(
        `the command ended at once with exit code 0${pipe.strayLines[0] ? `, having printed «${pipe.strayLines[0].slice(0, 80)}»` : ''}: it is no MCP server over stdio`,
        'give the command that keeps running and speaks MCP on stdin and stdout, or use --url for an HTTP server',
      )
    return
  }
  if (running.process && reply.kind === 'lost' && !reply.http) return
  const { url } = running
  if (reply.kind === 'lost' && !reply.http) {
    if (/ECONNREFUSED/.test(reply.saw))
      throw new Refusal(`nothing listens at ${url}`, 'start the server first, or check the port')
    if (/ENOTFOUND|EAI_AGAIN/.test(reply.saw))
      throw new Refusal(`the host of ${url} cannot be found`, 'check the name in the URL')
    if (/CERT|TLS|SSL|EPROTO|self.signed|altname/i.test(reply.saw))
      throw new Refusal(
        `the TLS connection to ${url} failed: ${reply.saw}`,
        'check the scheme of the URL, or trust its certificate with NODE_EXTRA_CA_CERTS',
      )
    throw new Refusal(`${url} gave no answer: ${reply.saw || reply.because}`, 'check the URL, and that the server runs')
  }
  const status = reply.http?.status ?? 0
  if (status === 401 || status === 403)
    throw new Refusal(
      `${url} answered ${status}: it wants a credential`,
      "give one: --header 'Authorization: Bearer TOKEN'",
    )
  if (status === 404 || status === 405 || reply.kind === 'lost')
    throw new Refusal(
      `${url} answered ${status || 'nothing'} and does not speak MCP there`,
      'check the path of the URL; most servers use /mcp',
    )
}
