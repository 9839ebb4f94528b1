import type { Item } from '../../core/item.ts'
import { authority } from './conformance/authority.ts'
import { features } from './conformance/features.ts'
import { httpOnly } from './conformance/http.ts'
import { inputs } from './conformance/inputs.ts'
import { jsonRpc } from './conformance/json-rpc.ts'
import { messages } from './conformance/messages.ts'
import { negotiation } from './conformance/negotiation.ts'
import { streams } from './conformance/streams.ts'
import { tools } from './conformance/tools.ts'

const [first, ...rest] = negotiation
if (!first) throw new Error('the item has no checks')

const item: Item = {
  id: 'protocol-conformance',
  area: 'protocol',
  rows: [],
  title: 'The protocol is kept, in every era that is spoken',
  level: 'must',
  why: 'Clients are written against the specification: what one of them forgives, the next one breaks on.',
  how: 'Update the SDK first; what remains is a few lines in front of it. Each requirement names what came over the wire and what was wanted.',
  refs: [
    'https://modelcontextprotocol.io/specification/2026-07-28',
    'https://modelcontextprotocol.io/specification/2025-11-25',
    'https://www.jsonrpc.org/specification',
  ],
  checks: [
    first,
    ...rest,
    ...jsonRpc,
    ...features,
    ...tools,
    ...messages,
    ...inputs,
    ...httpOnly,
    ...streams,
    ...authority,
  ],
  combine: 'all',
}

export default item
