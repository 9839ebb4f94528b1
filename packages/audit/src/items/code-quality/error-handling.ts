import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { badArguments, type Probe } from '../../gather/bad-arguments.ts'
import { misuse, type Misuse } from '../../gather/misuse.ts'
import { caught, type Caught, type Catches } from '../../gather/caught.ts'
import { exchangeOf, isRefusal, nothingCalled, reach, shown } from '../../gather/proven-tools.ts'
import { silentExcepts, type SilentExcepts } from '../../gather/silent-excepts.ts'
import { unguarded } from '../../gather/unguarded.ts'

/** Messages of the language itself, which no author writes: the argument got to code that did not expect it. */
const slipped =
  /Cannot read propert(y|ies) of (undefined|null)|Cannot (set|destructure) propert|\b\w+(\.\w+)* is not (a function|iterable|defined)\b|'\w+' object (has no attribute|is not (callable|iterable|subscriptable))|unsupported operand type|\b(AttributeError|UnboundLocalError|NameError|RecursionError)\b|unexpected keyword argument|missing \d+ required positional argument/

const answer = 'an error result that names the argument'

const isPlain = ({ kind }: Probe): boolean => kind === 'missing' || kind === 'wrong-type' || kind === 'null'

const brokenBy = (probe: Probe): Evidence[] => {
  const { fate, code, kind, text } = probe
  if (fate === 'closed') return [exchangeOf(probe, 'a server that serves on')]
  if (fate === 'silent' && isPlain(probe)) return [exchangeOf(probe, answer)]
  if (fate === 'broken' || (code === -32603 && isPlain(probe))) return [exchangeOf(probe, answer)]
  if (isRefusal(probe) && slipped.test(text)) return [exchangeOf(probe, `${answer}, not an exception of the program`)]
  if (kind === 'missing' && fate === 'accepted' && /^(\[\]|\{\}|null|none|)$/i.test(text.trim()))
    return [exchangeOf(probe, `${answer}, not an empty success`)]
  return []
}

const misused = ({ misused, goodCalls }: Misuse): Evidence[] => [
  ...misused
    .filter(({ serves }) => !serves)
    .map(({ sent, afterwards }) => ({ at: `after ${sent}`, saw: afterwards, wanted: 'a server that serves on' })),
  ...misused
    .filter(({ sent, answer }) => sent.includes('tool that does not exist') && answer?.fate === 'accepted')
    .map(({ sent, answer }) => ({ at: sent, saw: `a result: ${answer?.text.slice(0, 200)}`, wanted: 'an error' })),
  ...goodCalls
    .filter(({ same }) => !same)
    .map(({ tool, after }) => ({
      at: `tools/call ${tool}`,
      saw: `after bad calls: ${after}`,
      wanted: 'its good answer',
    })),
]

const swallowed = ({ file, line, language, empty, emptyAnswer }: Caught): Evidence[] => {
  // ruff knows the exceptions from that in Python
  if (empty && language === 'typescript')
    return [{ at: file, line, saw: 'an empty catch', wanted: 'the error logged, thrown on or answered' }]
  if (emptyAnswer === null) return []
  return [
    {
      at: file,
      line,
      saw: `what failed outside is answered as success with ${emptyAnswer}`,
      wanted: 'an error result',
    },
  ]
}

const silentIn = (found: SilentExcepts | null): Evidence[] =>
  (found?.silent ?? []).map(({ file, line, rule, message }) => ({
    at: file,
    line,
    saw: `${rule}: ${message}`,
    wanted: 'the exception logged, raised or answered',
  }))

const reported = ({ caught, tools, trying }: Catches, excepts: SilentExcepts | null): Evidence[] => [
  {
    at: 'handlers of tools',
    saw: `${tools}: ${trying} catch by themselves, what the others throw is answered by the SDK`,
  },
  { at: 'handlers of exceptions', saw: `${caught.length} in the source that was read, none of them silent` },
  ...(excepts && excepts.blind > 0
    ? [{ at: 'except Exception', saw: `${excepts.blind} catch everything and do something about it (BLE001)` }]
    : []),
]

const item: Item = {
  id: 'error-handling',
  area: 'code-quality',
  rows: [12, 142],
  title: 'A bad call hurts nobody but its caller',
  level: 'must',
  why: 'One argument that crashes the process ends the work of everyone connected to it.',
  how: 'Validate before you work, catch where a handler touches something outside, log what you catch, and answer with an error result.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/server/tools',
    'https://nodejs.org/docs/latest-v20.x/api/process.html#event-uncaughtexception',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does every bad call end in a plain error?',
      needs: { badArguments },
      judge: ({ badArguments }) => {
        const { probes, tools, callable } = badArguments
        const broken = shown(probes.flatMap(brokenBy))
        if (tools.length === 0 && broken.length === 0) return unknown(nothingCalled(callable))
        const proven = reach(badArguments, probes, 'no crash, no hang, no internal error')
        return judged(
          broken,
          probes.length > 0 ? [proven] : [],
          'no tool that was called with success takes an argument',
        )
      },
    }),
    check({
      asks: 'Does the server serve on after messages that no client should send?',
      needs: { misuse },
      judge: ({ misuse }) => {
        const proven = [
          {
            at: 'misused protocol',
            saw: `served on after each of ${misuse.misused.length}: ${misuse.misused.map(({ sent }) => sent).join(', ')}`,
          },
          { at: 'good calls afterwards', saw: misuse.goodCalls.map(({ tool }) => tool).join(', ') || 'none is quick' },
        ]
        const broken = shown(misused(misuse))
        return judged(broken, misuse.misused.length > 0 ? proven : [], 'the server did not start again')
      },
    }),
    check({
      asks: 'Is no exception of the source swallowed, and does none end more than its call?',
      needs: { caught, silentExcepts, unguarded },
      judge: ({ caught: catches, silentExcepts, unguarded }) => {
        const open = unguarded.map(({ file, line, saw, wanted }) => ({ at: file, line, saw, wanted }))
        const broken = [...catches.caught.flatMap(swallowed), ...silentIn(silentExcepts), ...open]
        if (catches.tools === 0 && broken.length === 0) return unknown('no handler of a tool was found in the source')
        return judged(broken, reported(catches, silentExcepts), 'not reached')
      },
    }),
  ],
}

export default item
