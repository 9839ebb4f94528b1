import type { Check } from '../../../core/item.ts'
import { conformanceCalls } from '../../../gather/conformance-calls.ts'
import { conformance } from '../../../gather/conformance.ts'
import { entriesOf } from '../../../gather/conformance/lists.ts'
import type { Observation, Observed } from '../../../gather/conformance/observation.ts'
import { contentTypes } from './content.ts'
import { codeOf, evidenceOf, onReplies, requirement, succeeds, type Findings } from './requirement.ts'

export const calls = {
  from: conformanceCalls,
  capability: 'tools',
  otherwise: 'no tool was called with success',
} as const

const isFailedResult = ({ reply }: Observation): boolean => reply.kind === 'result' && reply.result['isError'] === true

const structured = ({ seen }: Observed): Findings => {
  const typed = seen.filter(({ mismatches, revision }) => mismatches !== undefined && revision >= '2025-06-18')
  const off = typed.filter(({ mismatches }) => mismatches?.length !== 0)
  const refused = seen.filter(({ probe }) => probe === 'own-fault')
  const wanted = 'structured content that matches the outputSchema, in a result of the specified form'
  return {
    broken: [
      ...refused.map(one => evidenceOf(one, wanted)),
      ...off.map(one => ({ ...evidenceOf(one, wanted), saw: one.mismatches?.slice(0, 3).join('; ') ?? '' })),
    ],
    met: typed.map(one => evidenceOf(one)),
    also: [],
  }
}

const validName = /^[A-Za-z0-9_.-]{1,128}$/

const schemas = ({ schemas }: Observed): Findings => {
  const judged = schemas.filter(({ which, revision }) => which === 'inputSchema' || revision >= '2025-06-18')
  const bad = judged.filter(({ faults }) => faults.length > 0)
  const names = [...new Set(judged.map(({ tool }) => tool))]
  return {
    broken: bad.map(({ tool, which, faults, revision }) => ({
      at: `${which} of ${tool} (${revision})`,
      saw: faults.join('; '),
      wanted: 'a valid JSON Schema with "type": "object" at its root',
    })),
    met:
      judged.length > 0 ? [{ at: 'tools/list', saw: `${judged.length} valid schemas of ${names.length} tools` }] : [],
    also: names
      .filter(name => !validName.test(name))
      .map(name => `the tool name ${JSON.stringify(name.slice(0, 140))}`),
  }
}

const order = (one: Observation): string => JSON.stringify(entriesOf(one, 'tools').map(({ name }) => name))

const ordered = ({ seen }: Observed): Findings => {
  const listed = seen.filter(({ method, probe }) => method === 'tools/list' && ['list', 'tools-again'].includes(probe))
  const orders = new Set(listed.filter(succeeds).map(order))
  const evidence = listed.slice(0, 1).map(one => evidenceOf(one, 'the same order each time'))
  return orders.size > 1 ? { broken: evidence, met: [], also: [] } : { broken: [], met: evidence, also: [] }
}

export const tools: Check[] = [
  ...requirement({
    id: 'TOOL-01',
    asks: 'a tool that does not exist is an error',
    ...calls,
    otherwise: 'the call was not answered',
    findings: onReplies({
      probes: ['unknown-tool'],
      wanted: 'a JSON-RPC error, -32602 by the examples of the specification',
      breaks: one => one.reply.kind === 'lost' || (succeeds(one) && !isFailedResult(one)),
      also: one => {
        if (isFailedResult(one)) return 'a result with isError where a JSON-RPC error is meant'
        return codeOf(one) === -32602 ? null : `error ${codeOf(one)} where the examples have -32602`
      },
    }),
  }),
  ...requirement({
    id: 'TOOL-02',
    strength: 'should',
    asks: 'bad arguments are a result with isError',
    ...calls,
    otherwise: 'no tool with required arguments was called with success',
    findings: onReplies({
      probes: ['missing-argument'],
      wanted: 'a result with isError, or error -32602',
      breaks: one => !isFailedResult(one) && codeOf(one) !== -32602,
    }),
  }),
  ...requirement({
    id: 'TOOL-03',
    asks: 'structured content matches the output schema',
    ...calls,
    otherwise: 'no tool with an outputSchema was called with success',
    findings: structured,
  }),
  ...requirement({
    ...calls,
    id: 'TOOL-03',
    asks: 'results hold content of the specified types',
    findings: contentTypes,
  }),
  ...requirement({
    id: 'TOOL-04',
    asks: 'the schemas of tools are valid',
    from: conformance,
    capability: 'tools',
    otherwise: 'no tool is listed',
    findings: schemas,
  }),
  ...requirement({
    id: 'TOOL-05',
    strength: 'should',
    asks: 'tools are listed in one order',
    from: conformance,
    era: 'modern',
    capability: 'tools',
    otherwise: 'no list was answered',
    findings: ordered,
  }),
]
