import type { Connection } from '../../target/connection.ts'
import { isObject, type Unasked } from './observation.ts'

/** What the server said of its own accord; `answered` holds how many messages had come when a token's call was over. */
export const unaskedOn = (connections: Connection[], answered: Map<string, number> = new Map()): Unasked[] =>
  connections.flatMap(({ received, era }) =>
    received
      .filter(({ message }) => 'method' in message)
      .map(({ message }) => {
        const { params } = message
        const token = isObject(params) ? params['progressToken'] : undefined
        const over =
          message['method'] === 'notifications/progress' && typeof token === 'string' ? answered.get(token) : undefined
        return { era, message, late: over !== undefined && received.findIndex(one => one.message === message) >= over }
      }),
  )
