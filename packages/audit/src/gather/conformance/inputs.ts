import type { Trial } from '../trials.ts'
import { askAll, note, type Ask, type Session } from './asking.ts'
import type { Reply } from './observation.ts'

const maxTools = 3
const every = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} }

/** Whether a tool wants something of the client before it goes on. */
const wantsInput = (reply: Reply): boolean =>
  (reply.kind === 'error' && reply.code === -32021) ||
  (reply.kind === 'result' && reply.result['resultType'] === 'input_required')

/** Tools that need a capability of the client: what they say without it, and with it. */
export const probeInputs = async (session: Session, trials: Trial[]): Promise<void> => {
  const asking = trials.flatMap(({ tool, tries }) => {
    const found = tries.find(({ reply }) => wantsInput(reply))
    return found ? [{ tool, ...found }] : []
  })
  const asks: Ask[] = []
  for (const { tool, arguments: sample, reply } of asking.slice(0, maxTools)) {
    const at = `tools/call ${tool.name} without capabilities of the client`
    note(session, { probe: 'without-capability', at, method: 'tools/call', reply })
    asks.push({
      probe: 'with-capability',
      method: 'tools/call',
      params: { name: tool.name, arguments: sample },
      with: `${tool.name} with capabilities of the client`,
      options: { meta: { 'io.modelcontextprotocol/clientCapabilities': every } },
    })
  }
  await askAll(session, asks)
}
