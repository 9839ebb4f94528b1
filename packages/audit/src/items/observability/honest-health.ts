import { check, type Item } from '../../core/item.ts'
import { judged } from '../../core/verdict.ts'
import { failedCalls } from '../../gather/egress/failed-calls.ts'

const item: Item = {
  id: 'honest-health',
  area: 'observability',
  rows: [],
  title: 'What fails says that it failed',
  level: 'must',
  why: 'A failure in the words of a success is read by the model as the answer, never tried again, and counted nowhere.',
  how: 'Answer with isError: true (throw in the handler, or raise ToolError) when what the tool needs cannot be had, and say in one sentence what was asked and what went wrong.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/server/tools#error-handling'],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Does a call that cannot have what it needs from others say so with isError?',
      needs: { failedCalls },
      judge: ({ failedCalls: calls }) =>
        judged(
          calls
            .filter(({ told }) => told === 'success')
            .map(({ tool, situation, saw }) => ({
              at: `tools/call ${tool} ${situation}`,
              saw: `a success that says: ${saw}`,
              wanted: 'isError: true',
            })),
          calls
            .filter(({ told }) => told === 'error')
            .map(({ tool, situation, saw }) => ({ at: `tools/call ${tool} ${situation}`, saw })),
          'no call failed because of others',
        ),
    }),
  ],
}

export default item
