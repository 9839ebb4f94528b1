import type { Target } from '../../core/target.ts'
import type { Balancer } from '../../instruments/balancer/balancer.ts'
import { describeReply, type Connection, type Era, type Json, type Reply } from '../../target/connection.ts'
import { reconnect } from '../../target/startup.ts'
import type { Startup } from '../../target/startup-failures.ts'
import { listed } from './definitions.ts'
import { succeeded } from '../trials.ts'

export interface SpreadAnswer {
  /** The number of the instance that answered. */
  instance: number
  served: boolean
  saw: string
}

/** One request that a client sent several times in a row, so that it came to each instance. */
export interface SpreadRequest {
  at: string
  answers: SpreadAnswer[]
  /** What the lists name, instance by instance, where they differ. */
  differs: string | null
}

export interface SpreadClient {
  era: Era
  revision: string
  /** Whether it was given a session. */
  session: boolean
  /** The instance that the handshake came to. */
  openedBy: number
  requests: SpreadRequest[]
}

export interface SpreadCall {
  method: string
  params?: Json
  at: string
}

const rounds = 2
const answerMs = 10_000

const wasServed = (reply: Reply): boolean =>
  reply.kind === 'result' && (!('content' in reply.result) || succeeded(reply))

/** The instance that took the request which was answered last. */
const lastInstance = ({ requests }: Balancer): number => requests.at(-1)?.instance ?? 0

const differenceIn = (seen: { instance: number; names: string | null }[]): string | null => {
  const lists = seen.filter((one): one is { instance: number; names: string } => one.names !== null)
  const of = (instance: number): string[] => [
    ...new Set(lists.flatMap(one => (one.instance === instance ? [one.names] : []))),
  ]
  const [first, second] = [of(1), of(2)]
  if (first.length !== 1 || second.length !== 1 || first[0] === second[0]) return null
  return `instance 1: ${first[0]}; instance 2: ${second[0]}`
}

const ask = async (connection: Connection, balancer: Balancer, call: SpreadCall): Promise<SpreadRequest> => {
  const answers: SpreadAnswer[] = []
  const seen: { instance: number; names: string | null }[] = []
  for (let time = 0; time < rounds * 2; time++) {
    const reply = await connection.request(call.method, call.params, { timeout: answerMs })
    const instance = lastInstance(balancer)
    answers.push({ instance, served: wasServed(reply), saw: describeReply(reply) })
    seen.push({ instance, names: listed(reply) })
    // What is served by both at once needs no second round.
    if (time === 1 && answers.every(({ served }) => served) && seen[0]?.names === seen[1]?.names) break
  }
  return { at: call.at, answers, differs: differenceIn(seen) }
}

/** A client of that era whose requests go to the instances in turn; null when it came to no handshake. */
export const spreadClient = async (
  target: Target,
  opening: Startup,
  era: Era,
  { balancer, url, calls }: { balancer: Balancer; url: string; calls: readonly SpreadCall[] },
): Promise<SpreadClient | null> => {
  const before = balancer.requests.length
  const connection = await reconnect(target, { ...opening, eras: [era] }, url)
  const first = balancer.requests[before]
  if (!connection || !first) return null
  const session = connection.headersOf?.('tools/list')['mcp-session-id'] !== undefined
  const requests: SpreadRequest[] = []
  for (const call of calls) requests.push(await ask(connection, balancer, call))
  await connection.close()
  return { era, revision: connection.revision, session, openedBy: first.instance, requests }
}
