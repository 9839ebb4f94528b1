import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import type { Broadcast } from '../../gather/broadcasts.ts'
import { parallelCalls, type ParallelCalls } from '../../gather/parallel-calls.ts'
import { sharedTransports, type SharedTransport, type SharedTransports } from '../../gather/shared-transports.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'
import { trials } from '../../gather/trials.ts'

const brief = (text: string): string => (text.length > 160 ? `${text.slice(0, 160)}…` : text)

const faults = ({ wrong, wrongCount, lost, lostAlone, stray, sent, secondClient }: ParallelCalls): Evidence[] => [
  ...wrong.slice(0, 4).map(({ tool, arguments: given, alone, parallel, ofAnother }, index) => ({
    at: `tools/call ${tool} ${brief(JSON.stringify(given))}`,
    saw: `${ofAnother ? 'the answer to another call' : 'another answer'}: ${brief(parallel)}${index === 0 ? ` (${wrongCount} of ${sent} calls)` : ''}`,
    wanted: `what it answers by itself: ${brief(alone)}`,
  })),
  ...lost.slice(0, 4).map(saw => ({ at: `one of ${sent} parallel calls`, saw, wanted: 'an answer to each' })),
  ...(lostAlone === null ? [] : [{ at: 'calls one after the other', saw: lostAlone, wanted: 'an answer to each' }]),
  ...(stray > 0
    ? [
        {
          at: `${sent} parallel calls`,
          saw: `${stray} answers to nothing that was asked`,
          wanted: 'one answer to each',
        },
      ]
    : []),
  ...(secondClient && /HTTP 5\d\d/.test(secondClient)
    ? [{ at: 'a second client beside the first', saw: secondClient, wanted: 'a handshake' }]
    : []),
]

const proven = (calls: ParallelCalls): Evidence[] => {
  const { sent, clients, telling, same, changing, distinct, answered, limited } = calls
  if (answered === limited) return []
  const names = telling.length > 0 ? telling.join(', ') : 'none'
  const weaker =
    telling.length > 0
      ? ''
      : distinct > 1
        ? '; arguments change no answer, so a mix-up would show between tools only'
        : '; answers do not differ, so only the ids tell that each is its own'
  return [
    {
      at: `${sent} parallel calls of ${clients} ${clients === 1 ? 'client' : 'clients'}`,
      saw: `each answered once${distinct > 0 ? ', as by itself' : ''}; ${distinct} different answers; tools that tell: ${names}${weaker}`,
    },
    ...(same.length > 0 ? [{ at: 'tools with one answer to everything', saw: same.join(', ') }] : []),
    ...(changing.length > 0 ? [{ at: 'tools that never answer the same twice', saw: changing.join(', ') }] : []),
    ...(limited > 0 ? [{ at: 'refused by a limit', saw: `${limited} calls` }] : []),
  ]
}

const misrouted = ({ what, file, line, madeAt }: SharedTransport): Evidence => ({
  at: file,
  line,
  saw:
    what === 'variable'
      ? `one variable holds the transport of whoever connected last (${madeAt.file}:${madeAt.line}): the messages of all others go to that one`
      : what === 'transport'
        ? `one transport without sessions, made in ${madeAt.file}:${madeAt.line}, answers the requests of all clients: two of them with the same id get each other's answers`
        : `one server, made in ${madeAt.file}:${madeAt.line}, is connected anew for each request: an answer goes to the request that came last`,
  wanted: 'a transport and a server for each request, or for each session',
})

const toAll = ({ by, file, line }: Broadcast): Evidence => ({
  at: file,
  line,
  saw: `send() of ${by} hands each message to all who are connected: clients get the answers to calls of others, which may have the same id`,
  wanted: 'each answer to the client that asked',
})

const judgeSource = ({ shared, broadcasts }: SharedTransports): Verdict => {
  const broken = [...shared.map(misrouted), ...broadcasts.filter(({ isConnected }) => isConnected).map(toAll)]
  if (broken.length > 0) return judged(broken, [], 'not reached')
  const [open] = broadcasts
  return unknown(
    open
      ? `send() of ${open.by} (${open.file}:${open.line}) hands each message to all who are connected; whether it carries answers of MCP was not decided`
      : 'no transport is shared in the source; what parallel calls do to each other shows when they are sent',
  )
}

const item: Item = {
  id: 'concurrent-calls',
  area: 'protocol',
  rows: [83, 95, 96],
  title: 'Parallel calls do not disturb each other',
  level: 'must',
  why: 'Clients send calls in parallel; what one keeps in a shared variable turns up in the answer to another.',
  how: 'Keep everything that belongs to a call in local variables; guard what is shared, and give each HTTP client its own transport.',
  refs: [
    'https://www.jsonrpc.org/specification#response_object',
    'https://modelcontextprotocol.io/specification/2025-11-25/basic',
  ],
  applies: { capability: 'tools' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does each of many parallel calls get the answer that it gets by itself?',
      needs: { trials, parallelCalls },
      judge: ({ trials, parallelCalls }) => {
        if (!parallelCalls) return unknown(nothingCalled(trials.trials.length))
        if (parallelCalls.sent === 0) return unknown('every tool that was called with success takes longer than 0.5 s')
        const { held } = parallelCalls
        const broken = faults(parallelCalls)
        if (broken.length === 0 && held)
          return unknown(
            `${held.calls} of ${parallelCalls.sent} parallel calls had no answer within ${held.withinMs / 1000} s; ${held.tool} may ask others, whose limit this may be: openWorldHint: false tells that it does not`,
          )
        return judged(broken, proven(parallelCalls), 'a limit refused every call')
      },
    }),
    check({
      asks: 'Does each request over HTTP, or each session, have a transport and a server of its own?',
      needs: { sharedTransports },
      judge: ({ sharedTransports }) => judgeSource(sharedTransports),
    }),
  ],
}

export default item
