import type { Check } from '../../../core/item.ts'
import { conformanceCalls } from '../../../gather/conformance-calls.ts'
import { conformance } from '../../../gather/conformance.ts'
import { entriesOf } from '../../../gather/conformance/lists.ts'
import { isObject, type Observation, type Observed } from '../../../gather/conformance/observation.ts'
import { codeOf, evidenceOf, onReplies, requirement, succeeds, type Findings } from './requirement.ts'

const calls = { from: conformanceCalls, capability: 'tools', otherwise: 'no tool was called with success' } as const

const isFailedResult = ({ reply }: Observation): boolean => reply.kind === 'result' && reply.result['isError'] === true

const structured = ({ seen }: Observed): Findings => {
  const typed = seen.filter(({ mismatches, revision }) => mismatches !== undefined && revision >= '2025-06-18')
  const off = typed.filter(({ mismatches }) => mismatches?.length !== 0)
  return {
    broken: off.map(one => ({
      ...evidenceOf(one, 'structured content that matches the outputSchema'),
      saw: one.mismatches?.slice(0, 3).join('; ') ?? '',
    })),
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
  const listed = seen.filter(
    ({ method, era, probe }) => method === 'tools/list' && era === 'modern' && ['list', 'tools-again'].includes(probe),
  )
  const orders = new Set(listed.filter(succeeds).map(order))
  return {
    broken: [],
    met: listed.slice(0, 1).map(one => evidenceOf(one)),
    also: orders.size > 1 ? ['tools/list gives its tools in another order each time'] : [],
  }
}

const isProgress = ({ message }: Observed['unasked'][number]): boolean => message['method'] === 'notifications/progress'

const progressed = ({ unasked, tokens }: Observed): Findings => {
  const last = new Map<string, number>()
  const findings: Findings = { broken: [], met: [], also: [] }
  for (const { message, late, era } of unasked.filter(isProgress)) {
    const { progressToken, progress } = isObject(message['params']) ? message['params'] : {}
    const token = String(progressToken)
    const before = last.get(token) ?? Number.NEGATIVE_INFINITY
    const amount = Number(progress)
    const at = `notifications/progress ${token}, ${era} era`
    if (!tokens.includes(token))
      findings.broken.push({ at, saw: 'a token that no request carried', wanted: 'the token of an active request' })
    else if (!(amount > before))
      findings.broken.push({ at, saw: `progress ${amount} after ${before}`, wanted: 'a progress that increases' })
    else if (late)
      findings.broken.push({
        at,
        saw: `progress ${amount} after the call was answered`,
        wanted: 'none after completion',
      })
    else findings.met.push({ at, saw: `progress ${amount}` })
    last.set(token, amount)
  }
  return findings
}

const silentLog = ({ unasked, seen }: Observed): Findings => {
  const logged = unasked.filter(({ message, era }) => era === 'modern' && message['method'] === 'notifications/message')
  const made = seen.filter(({ probe, era }) => probe === 'call' && era === 'modern').length
  return {
    broken: logged.map(({ message }) => ({
      at: 'notifications/message, modern era',
      saw: JSON.stringify(message['params']).slice(0, 200),
      wanted: 'none: no request carried a logLevel',
    })),
    met: made > 0 ? [{ at: `${made} calls`, saw: 'no notifications/message' }] : [],
    also: [],
  }
}

const requestsOf = ({ unasked, seen }: Observed): Findings => {
  const sent = unasked.filter(({ message, era }) => era === 'modern' && 'id' in message)
  return {
    broken: sent.map(({ message }) => ({
      at: `${String(message['method'])}, sent by the server in the modern era`,
      saw: JSON.stringify(message).slice(0, 200),
      wanted: 'no request of the server',
    })),
    met: seen
      .filter(({ era }) => era === 'modern')
      .slice(0, 1)
      .map(one => ({ at: `${seen.length} requests`, saw: `no request of the server, such as during ${one.at}` })),
    also: [],
  }
}

export const tools: Check[] = [
  requirement({
    asks: 'TOOL-01: a tool that does not exist is an error',
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
  requirement({
    asks: 'TOOL-02: bad arguments are a result with isError',
    ...calls,
    otherwise: 'no tool with required arguments was called with success',
    findings: onReplies({
      probes: ['missing-argument'],
      wanted: '',
      breaks: () => false,
      also: one => (isFailedResult(one) || codeOf(one) === -32602 ? null : evidenceOf(one).saw.slice(0, 120)),
    }),
  }),
  requirement({
    asks: 'TOOL-03: structured content matches the output schema',
    ...calls,
    otherwise: 'no tool with an outputSchema was called with success',
    findings: structured,
  }),
  requirement({
    asks: 'TOOL-04: the schemas of tools are valid',
    from: conformance,
    capability: 'tools',
    otherwise: 'no tool is listed',
    findings: schemas,
  }),
  requirement({
    asks: 'TOOL-05: tools are listed in one order',
    from: conformance,
    era: 'modern',
    capability: 'tools',
    otherwise: 'no list was answered',
    findings: ordered,
  }),
  requirement({
    asks: 'PROG-01: progress is for a token that was given, increases and ends with the call',
    ...calls,
    otherwise: 'no call that was made led to progress',
    findings: progressed,
  }),
  requirement({
    asks: 'LOG-01: no log messages without a logLevel in the request',
    ...calls,
    era: 'modern',
    findings: silentLog,
  }),
  requirement({
    asks: 'REQ-01: the server sends no requests',
    from: conformance,
    era: 'modern',
    otherwise: 'no request was answered',
    findings: requestsOf,
  }),
  requirement({
    asks: 'REQ-01: the server sends no requests during calls',
    ...calls,
    era: 'modern',
    findings: requestsOf,
  }),
  requirement({
    asks: 'CAN-01: a cancelled call leaves the server answering',
    ...calls,
    transport: 'stdio',
    findings: onReplies({
      probes: ['cancelled'],
      wanted: 'an answer to the next request',
      breaks: ({ alive }) => alive === false,
      also: one =>
        one.reply.kind === 'lost' ? null : `answered although cancelled: ${evidenceOf(one).saw.slice(0, 120)}`,
    }),
  }),
]
