import { setTimeout } from 'node:timers/promises'
import { gatherer, Undecided } from '../core/item.ts'
import { askOverOldTransport, type OldAnswer } from '../target/old-client.ts'
import { run } from '../target/run.ts'
import { isCredential, isLoopback, outerAddresses } from '../target/web.ts'
import { startup } from './startup.ts'

export interface OldProbe extends OldAnswer {
  /** Such as `a client without a credential`. */
  at: string
}

export interface OldEndpoint {
  url: string
  /** Header names of the credentials the user gave. */
  given: string[]
  unfit: OldProbe[]
  origin: OldProbe
  /** Null where it is reached by a name of its own. */
  host: OldProbe | null
  /** A client without a credential at another address of this machine; null when that cannot be tried. */
  outside: OldProbe | null
}

const tries = 2
const pauseMs = 400

/**
 * How a server that speaks the HTTP+SSE transport of 2024-11-05 alone meets clients without a credential, and of foreign
 * pages; null for one that speaks Streamable HTTP.
 */
export const oldEndpoint = gatherer({
  id: 'old-endpoint',
  impact: 'start',
  from: 'server',
  deadline: 120_000,
  needs: { startup },
  gather: async (target, { startup: first }): Promise<OldEndpoint | null> => {
    if (first.ready) return null
    if (target.server?.transport !== 'http') throw new Undecided(`the server did not start: ${first.saw}`)
    const running = await run(target)
    if (running.transport !== 'http' || !running.listening)
      throw new Undecided(`the server did not start: ${first.saw}`)
    const { url, headers } = running
    const given = Object.keys(headers).filter(isCredential)
    const bare = Object.fromEntries(Object.entries(headers).filter(([name]) => !isCredential(name)))
    const ask = async (at: string, sent: Record<string, string>, to = url): Promise<OldProbe> => {
      let answer = await askOverOldTransport(to, sent)
      // Some take one client at a time, and a moment to notice that the one before has gone.
      for (let again = 0; again < tries && !answer.served && !answer.refused; again++) {
        if (answer.saw.startsWith('no answer')) break
        await setTimeout(pauseMs)
        answer = await askOverOldTransport(to, sent)
      }
      await setTimeout(pauseMs)
      return { at, ...answer }
    }
    const own = await ask('a client', headers)
    if (!own.served) throw new Undecided(`${first.saw}; over HTTP+SSE it was met by ${own.saw}`)
    const wrong = Object.fromEntries(
      given.map(name => [name, `${/^authorization$/i.test(name) ? 'Bearer ' : ''}airworthy-wrong-credential`]),
    )
    const unfit = [await ask('a client without a credential', bare)]
    if (given.length > 0) unfit.push(await ask('a client with a wrong credential', { ...bare, ...wrong }))
    const origin = await ask('a client with Origin: http://evil.example', {
      ...headers,
      origin: 'http://evil.example',
    })
    const host = isLoopback(url)
      ? await ask('a client with Host: evil.example', { ...headers, host: 'evil.example' })
      : null
    const [address] = outerAddresses()
    const outer = new URL(url)
    outer.hostname = address ?? outer.hostname
    const outside = address && isLoopback(url) ? await ask(`a client at ${outer.host}`, bare, outer.href) : null
    await running.process?.stop()
    return { url, given, unfit, origin, host, outside }
  },
})
