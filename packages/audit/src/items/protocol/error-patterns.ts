import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { failures, type Failures } from '../../gather/failures.ts'

const wanted = 'an isError result: { content, isError: true }, or an exception such as ToolError'

const broken = ({ found, uncaught }: Failures): Evidence[] => [
  ...found
    .filter(({ how }) => how === 'text')
    .map(({ file, line, saw }) => ({ at: file, line, saw: `a failure is returned as a success: ${saw}`, wanted })),
  ...uncaught.map(({ file, line }) => ({
    at: file,
    line,
    saw: 'tools/call catches nothing: every failure of a tool becomes a JSON-RPC internal error',
    wanted,
  })),
]

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
        return judged(broken(failures), proven, 'no tool answers or throws a failure in the source that was read')
      },
    }),
  ],
}

export default item
