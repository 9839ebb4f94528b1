import { exchange } from '../../target/exchange.ts'
import { isObject, withMeta } from '../../target/connection.ts'
import { note, type Session } from './asking.ts'
import { headersOf, messageIn, rawRequest, until } from './raw.ts'
import type { Json } from './observation.ts'

const patience = 3000
const id = 'airworthy-listen'
const subscription = 'io.modelcontextprotocol/subscriptionId'

/** The changes a server says it tells about; null when there are none. */
const filterFor = (capabilities: Json): Json | null => {
  const tells = (name: string): boolean => {
    const capability = capabilities[name]
    return isObject(capability) && capability['listChanged'] === true
  }
  const filter = Object.fromEntries(
    ['tools', 'prompts', 'resources'].filter(tells).map(name => [`${name}ListChanged`, true]),
  )
  return Object.keys(filter).length > 0 ? filter : null
}

const idOf = (message: Json): unknown => {
  const params = isObject(message['params']) ? message['params'] : {}
  return isObject(params['_meta']) ? params['_meta'][subscription] : undefined
}

const firstOverHttp = async (session: Session, body: string): Promise<Json | null> => {
  let first: Json | null = null
  const answer = await exchange(session.connection.url ?? '', {
    method: 'POST',
    headers: headersOf(session.connection, 'subscriptions/listen'),
    body,
    timeout: patience,
    signal: session.target.signal,
    event: data => (first = messageIn(data)) !== null,
  })
  if (first || answer.outcome === 'failed') return first
  const refusal = { error: { code: answer.status, message: 'a status of HTTP' } }
  return messageIn(answer.text) ?? (answer.status >= 400 ? refusal : null)
}

const firstOverStdio = async ({ connection }: Session, body: string): Promise<Json | null> => {
  const mark = connection.received.length
  const own = (): Json | undefined =>
    connection.received
      .slice(mark)
      .find(({ message }) => idOf(message) === id || message['id'] === id || isAcknowledgement(message))?.message
  await connection.process?.write(`${body}\n`)
  await until(() => own() !== undefined, patience)
  await connection.notify('notifications/cancelled', { requestId: id })
  return own() ?? null
}

const isAcknowledgement = ({ method }: Json): boolean => method === 'notifications/subscriptions/acknowledged'

/** The first message of a subscription to every change that the server declares. */
export const probeListen = async (session: Session): Promise<void> => {
  const { capabilities, era, revision, transport } = session.connection
  const notifications = filterFor(capabilities)
  if (!notifications) return
  const method = 'subscriptions/listen'
  const body = rawRequest(method, withMeta(era, revision, { notifications }, {}), id)
  const started = performance.now()
  const first = await (transport === 'http' ? firstOverHttp(session, body) : firstOverStdio(session, body))
  const saw = first ? JSON.stringify(first).slice(0, 300) : ''
  const ms = performance.now() - started
  const at = `${method} ${JSON.stringify(notifications)}`
  const reply = { kind: 'lost' as const, because: first ? ('not-json-rpc' as const) : ('timeout' as const), saw, ms }
  note(session, { probe: 'listen', at, method, id, reply, messages: first ? [first] : [] })
}
