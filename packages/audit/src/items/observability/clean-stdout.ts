import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { lifetimes } from '../../gather/lifetimes.ts'
import { stdoutWrites, type StdoutWrites } from '../../gather/stdout-writes.ts'
import { opening } from '../../gather/startup.ts'

const moments = {
  call: 'a call of a client reaches it',
  start: 'on the way to the start over stdio',
  failure: 'when something fails at the start over stdio, while its client listens',
}

const judgeSource = ({ writes, starts, redirected, files }: StdoutWrites): Verdict => {
  const overStdio = starts.filter(({ kind }) => kind === 'stdio')
  const [http] = starts
  if (overStdio.length === 0 && http)
    return notApplicable(`served over HTTP alone (${http.module.path}:${http.line}): stdout is free`)
  if (redirected?.certain)
    return judged(
      [],
      [{ at: redirected.file, line: redirected.line, saw: 'what is written to stdout is sent elsewhere' }],
      'not reached',
    )
  const reached = writes.filter(({ when }) => when !== 'elsewhere')
  const perhaps = reached.find(one => one.perhaps)
  const broken = reached.flatMap(({ what, file, line, when, perhaps: isPerhaps }): Evidence[] =>
    isPerhaps || when === 'elsewhere' ? [] : [{ at: file, line, saw: `${what}: ${moments[when]}`, wanted: 'stderr' }],
  )
  if (overStdio.length === 0) return unknown('where the server starts to speak over stdio was not found in the source')
  if (broken[0] && redirected)
    return unknown(
      `${broken[0].saw} (${broken[0].at}:${broken[0].line}), and whether ${redirected.file}:${redirected.line} sends that elsewhere was not decided`,
    )
  if (broken.length === 0 && perhaps)
    return unknown(`where stdout leads while ${perhaps.what} runs (${perhaps.file}:${perhaps.line}) was not decided`)
  const aside = writes.length - broken.length
  const proven = overStdio.map(({ module, line }) => ({
    at: module.path,
    line,
    saw: `nothing in ${files} files writes to stdout on the way here or in a call`,
  }))
  const told = { at: 'stdout', saw: `${aside} writes in branches, sub-commands or code that no call reaches` }
  return judged(broken, aside > 0 ? [...proven, told] : proven, 'not reached')
}

const item: Item = {
  id: 'clean-stdout',
  area: 'observability',
  rows: [49, 141],
  title: 'Nothing but protocol on stdout',
  level: 'must',
  why: 'Over stdio, stdout belongs to the protocol: one banner or debugging line makes clients fail or drop the server.',
  how: 'Send every log line to stderr (console.error, a logger on stderr, logging.basicConfig in Python), also in libraries and at start.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio'],
  applies: { transport: 'stdio' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Is every line on stdout a JSON-RPC message, at start, in calls, in errors and at the end?',
      needs: { opening, lifetimes },
      judge: ({ opening, lifetimes }) => {
        const at = (when: string, lines: string[]): Evidence[] =>
          lines.map(saw => ({ at: `stdout ${when}`, saw, wanted: 'one JSON-RPC message a line' }))
        const broken = [
          ...at('before the handshake', opening.strayLines),
          ...lifetimes.flatMap(({ ending, strayLines, excesses }) => [
            ...at(`in a life ended by ${ending}`, strayLines),
            ...at(
              `in a life ended by ${ending}`,
              excesses.filter(excess => excess.includes('stdout')),
            ),
          ]),
        ]
        const distinct = [...new Map(broken.map(evidence => [evidence.saw, evidence])).values()]
        const calls = lifetimes.reduce((sum, life) => sum + life.calls + life.failures, 0)
        const saw = `only JSON-RPC in ${lifetimes.length} whole lives with ${calls} calls, misuse included`
        return judged(distinct, [{ at: 'stdout', saw }], 'no life was seen')
      },
    }),
    check({
      asks: 'Does no code of the process that speaks over stdio write to stdout?',
      needs: { stdoutWrites },
      judge: ({ stdoutWrites }) => judgeSource(stdoutWrites),
    }),
  ],
}

export default item
