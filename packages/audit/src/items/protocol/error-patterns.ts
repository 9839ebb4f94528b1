import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { failures, type Failures } from '../../gather/failures.ts'
import { missingThings, type MissingThing } from '../../gather/missing-things.ts'

const wanted = 'an isError result: { content, isError: true }, or an exception such as ToolError'

const broken = ({ found, uncaught }: Failures): Evidence[] => [
  ...found
    .filter(({ how }) => how === 'text')
    .map(({ file, line, saw }) => ({ at: file, line, saw: `a failure is returned as a success: ${saw}`, wanted })),
  ...uncaught.map(({ file, line }) => ({
    at: file,
    line,
    saw: 'no failure is answered as a result: what is thrown on the way from here becomes a JSON-RPC error',
    wanted,
  })),
]

const failing =
  /^\W{0,3}(\w*(error|exception|failure)( \d+)?\s*[:(]|error (while|when|calling|executing|fetching|finding|getting|loading|processing|reading|retrieving|searching)\b|failed to\b|traceback \()/i
/** What a search finds may begin like an error as well, but is longer. */
const shortText = 300

/** A failure in the words of a success; a list that is empty is none, and `ok: false` alone may be what was asked. */
const saysFailed = ({ text, value }: MissingThing): boolean => {
  if (failing.test(text)) return text.length <= shortText || text.includes(value)
  try {
    const told = JSON.parse(text) as { success?: unknown; ok?: unknown; error?: unknown } | null
    return told?.success === false || (told?.ok === false && typeof told.error === 'string')
  } catch {
    return false
  }
}

const judgeAsked = (asked: MissingThing[]): Verdict => {
  const shown = ({ tool, field, text }: MissingThing): Evidence => ({
    at: `tools/call ${tool}, with a ${field} that is nowhere`,
    saw: text.slice(0, 200),
  })
  const told = asked.filter(one => (one.fate === 'accepted' || one.fate === 'worded') && saysFailed(one))
  const refused = asked.filter(({ fate, inResult }) => fate === 'refused' && inResult)
  return judged(
    told.map(one => ({ ...shown(one), saw: `a success that says: ${shown(one).saw}`, wanted: 'isError: true' })),
    refused.map(shown),
    'no tool answered by an error result: each takes any text that it is given, or refuses it otherwise',
  )
}

const item: Item = {
  id: 'error-patterns',
  area: 'protocol',
  rows: [148],
  title: 'Failures of tools are error results',
  level: 'must',
  why: 'A model that reads "Error: ..." in a successful result cannot tell it from an answer, and clients count the call as done.',
  how: 'Answer an expected failure with `isError: true` (throw in a handler of the SDK, raise ToolError in FastMCP); keep McpError for misuse of the protocol, with its code.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/server/tools#error-handling',
    'https://www.jsonrpc.org/specification#error_object',
  ],
  applies: { capability: 'tools' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Do tools tell their failures as error results, never as the text of a success?',
      needs: { failures },
      judge: ({ failures }) => {
        const { found, tools } = failures
        if (tools === 0) return unknown('no handler of a tool was found in the source')
        const proven = found
          .filter(({ how }) => how === 'result' || how === 'thrown')
          .map(({ file, line, how, saw }) => ({
            at: file,
            line,
            saw: how === 'thrown' ? 'throws; the SDK makes an error result of it' : saw,
          }))
        const told = broken(failures)
        const checked = found.find(({ how }) => how === 'checked')
        if (told.length === 0 && checked)
          return unknown(
            `${checked.file}:${checked.line} may return ${checked.saw}; whether the check before it makes an error of that shows when it runs`,
          )
        return judged(told, proven, 'no tool answers or throws a failure in the source that was read')
      },
    }),
    check({
      asks: 'Is a call for something that is nowhere answered by an error result?',
      needs: { missingThings },
      judge: ({ missingThings }) => judgeAsked(missingThings),
    }),
  ],
}

export default item
