import type { Speaker } from '../../target/handshake.ts'
import { clientInfo, modernMeta } from '../../target/connection.ts'
import type { Ask } from './asking.ts'
import type { Era, Observation, Probe } from './observation.ts'

const noVersion = '1900-01-01'
const noRevision = '1999-01-01'

const metaKey = (name: string): string => `io.modelcontextprotocol/${name}`

const without = (probe: Probe, name: string): Ask => ({
  probe,
  method: 'server/discover',
  // A member that is undefined is not sent.
  options: { meta: { [metaKey(name)]: undefined } },
  with: `without ${name} in _meta`,
})

/** How versions and envelopes are met on a connection that is in use. */
export const negotiationAsks = (eras: Era[]): Ask[] => [
  { probe: 'discover', method: 'server/discover' },
  {
    probe: 'unsupported-version',
    method: 'server/discover',
    options: { meta: { [metaKey('protocolVersion')]: noVersion }, headers: { 'mcp-protocol-version': noVersion } },
    with: `with version ${noVersion}, later on a connection`,
  },
  without('no-version', 'protocolVersion'),
  without('no-capabilities', 'clientCapabilities'),
  without('no-client-info', 'clientInfo'),
  ...(eras.includes('legacy') ? [] : [initializeOfModern]),
]

const initializeOfModern: Ask = {
  probe: 'initialize',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
  options: { plain: true },
}

type Opened = Pick<Observation, 'probe' | 'at' | 'method' | 'reply'>

/** A version that nobody speaks, as the very first message of a process. */
export const unsupportedFirst = async (speaker: Speaker, limit: number): Promise<Opened> => {
  const method = 'server/discover'
  const reply = await speaker.send(method, { _meta: modernMeta(noVersion) }, limit)
  return {
    probe: 'unsupported-version',
    at: `${method} with version ${noVersion}, as the first message`,
    method,
    reply,
  }
}

/** An initialize that asks for a revision that nobody speaks. */
export const unknownRevision = async (speaker: Speaker, limit: number): Promise<Opened> => {
  const method = 'initialize'
  const reply = await speaker.send(method, { protocolVersion: noRevision, capabilities: {}, clientInfo }, limit)
  return { probe: 'unknown-revision', at: `initialize with protocolVersion ${noRevision}`, method, reply }
}
