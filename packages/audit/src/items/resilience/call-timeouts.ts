import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { awaitedProcesses } from '../../gather/awaited-processes.ts'
import { librariesThatMayCallOut } from '../../gather/calls/libraries.ts'
import { hangingUpstream, type HangingUpstream } from '../../gather/egress/hanging.ts'
import { networkCalls } from '../../gather/network-calls.ts'
import { outbound, type Outbound, type OutboundCall } from '../../gather/outbound.ts'
import { project, type Project } from '../../gather/project.ts'

const asEvidence = ({ file, line, what }: OutboundCall, saw: string, wanted?: string): Evidence => ({
  at: file,
  line,
  saw: `${what}: ${saw}`,
  ...(wanted ? { wanted } : {}),
})

const judgeCalls = (calls: OutboundCall[], outbound: Outbound, project: Project, what: string): Verdict => {
  if (outbound.files === 0) return unknown('no TypeScript, JavaScript or Python source that calls out was read')
  if (calls.length === 0) {
    const libraries = librariesThatMayCallOut(project, outbound.bundled)
    if (libraries.length === 0) return notApplicable(`no ${what} was found in the source`)
    const named = libraries.slice(0, 5).join(', ')
    return unknown(
      `no ${what} was found in the source; whether its libraries call out (${named}) shows in a live run only`,
    )
  }
  const broken = calls.filter(({ timeout, isStream }) => timeout === 'absent' && !isStream)
  const stream = calls.find(({ isStream }) => isStream)
  if (broken.length === 0 && stream)
    return unknown(
      `${stream.what} in ${stream.file}:${stream.line} asks for a stream of events, which is meant to stay open; what ends it when the other side falls silent shows in use`,
    )
  const open = calls.find(({ timeout }) => timeout === 'undecided')
  if (broken.length === 0 && open)
    return unknown(`whether ${open.what} in ${open.file}:${open.line} has a timeout was not decided`)
  return judged(
    broken.map(call =>
      call.late
        ? asEvidence(
            call,
            `its timer is cleared in line ${call.late.cleared}, before the body is read in line ${call.late.read}: a body that never ends holds the call`,
            'the timer cleared when the body was read, or AbortSignal.timeout',
          )
        : asEvidence(call, 'no timeout', 'a timeout, or a signal that a timer fires'),
    ),
    calls.map(call => asEvidence(call, 'has a timeout')),
    'not reached',
  )
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const judgeHanging = ({ calls, beside, limit }: HangingUpstream): Verdict => {
  const asking = calls.filter(({ asked }) => asked !== '')
  const stuck = beside.filter(({ good }) => !good)
  return judged(
    [
      ...asking
        .filter(({ ms }) => ms === null)
        .map(({ tool, asked }) => ({
          at: `tools/call ${tool}`,
          saw: `${asked} was not answered, and the call had not ended after ${seconds(limit)}`,
          wanted: 'an error in time',
        })),
      ...stuck.map(({ tool, saw }) => ({
        at: `tools/call ${tool}, while another call waits for its upstream`,
        saw,
        wanted: 'an answer as usual',
      })),
    ],
    asking.flatMap(({ tool, asked, ms, saw }) =>
      ms === null
        ? []
        : [{ at: `tools/call ${tool}`, saw: `${asked} was not answered; the call ended after ${seconds(ms)}: ${saw}` }],
    ),
    'no tool asked anything of an upstream that does not answer',
  )
}

const item: Item = {
  id: 'call-timeouts',
  area: 'resilience',
  rows: [19, 90, 91],
  title: 'Timeouts on every call out of the server',
  level: 'must',
  why: 'A call that never returns holds its tool call, its connection and its memory for ever.',
  how: 'Give each request and each child process a timeout: `signal: AbortSignal.timeout(ms)`, `timeout=` or a client that has one.',
  refs: [
    'https://developer.mozilla.org/en-US/docs/Web/API/AbortSignal/timeout_static',
    'https://docs.astral.sh/ruff/rules/request-without-timeout/',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does every request and every child process that is waited for have a timeout?',
      rows: [19, 90],
      needs: { outbound, awaitedProcesses, networkCalls, project },
      judge: ({ outbound, awaitedProcesses, networkCalls, project }) => {
        const calls = [...outbound.calls, ...awaitedProcesses, ...networkCalls]
        return judgeCalls(calls, outbound, project, 'call to another machine or process')
      },
    }),
    check({
      asks: 'Does every HTTP request have a timeout?',
      rows: [91],
      needs: { outbound, project },
      judge: ({ outbound, project }) => {
        const requests = outbound.calls.filter(({ kind }) => kind === 'http')
        return judgeCalls(requests, outbound, project, 'HTTP request')
      },
    }),
    // One for each question that the source answers apart.
    ...[[19, 90], [91]].map(rows =>
      check({
        asks: 'Does a tool call end in time while its upstream takes the request and never answers?',
        rows,
        needs: { hangingUpstream },
        judge: ({ hangingUpstream: seen }) => judgeHanging(seen),
      }),
    ),
  ],
}

export default item
