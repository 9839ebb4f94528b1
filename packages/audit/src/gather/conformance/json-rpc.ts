import { withMeta } from '../../target/connection.ts'
import type { Ask, Session } from './asking.ts'
import { rawRequest, sendRaw } from './raw.ts'

const strangeIds = [0, 'airworthy', 2_147_483_648] as const

export const unknownMethod: Ask = { probe: 'unknown-method', method: 'airworthy/unknown' }

/** A request that every server of the era answers. */
const harmless = ({ connection }: Session): { method: string; body: (id: unknown) => string } => {
  const { era, revision } = connection
  const method = era === 'modern' ? 'server/discover' : 'ping'
  return { method, body: id => rawRequest(method, withMeta(era, revision, undefined, {}), id) }
}

/** Whether ids come back as they were sent. */
export const probeIds = async (session: Session): Promise<void> => {
  const { method, body } = harmless(session)
  for (const id of strangeIds)
    await sendRaw(session, {
      probe: 'id',
      method,
      body: body(id),
      id,
      at: `${method} with id ${JSON.stringify(id)}`,
    })
}

/** What no client should send, and notifications: none of it may lead to a result. */
export const probeMisuse = async (session: Session): Promise<void> => {
  const { method, body } = harmless(session)
  const { era, revision, transport } = session.connection
  const cancelled = withMeta(era, revision, { requestId: 'airworthy-none' }, {})
  const notification = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: cancelled })
  await sendRaw(session, {
    probe: 'notification',
    method: 'notifications/cancelled',
    body: notification,
    at: 'notifications/cancelled for an id that was never used',
  })
  await sendRaw(session, { probe: 'null-id', at: `${method} with id null`, method, body: body(null) })
  if (transport === 'http')
    await sendRaw(session, {
      probe: 'batch',
      method,
      body: `[${body('batch-1')},${body('batch-2')}]`,
      at: `a batch of two ${method}`,
    })
  await sendRaw(session, {
    probe: 'malformed',
    at: 'a message that is no JSON',
    method,
    body: '{"jsonrpc":"2.0","id":7,',
  })
}
