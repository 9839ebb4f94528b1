import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { callPiles } from '../../gather/call-piles.ts'
import { endings, grace, type Ending } from '../../gather/endings.ts'
import { lastingThings, type Lasting } from '../../gather/lasting.ts'
import { project } from '../../gather/project.ts'

const leftBehind = ({ how, left }: Ending): Evidence => ({
  at: `${grace / 1000} s after ${how}`,
  saw: `still running: ${left.slice(0, 3).join('; ')}${left.length > 3 ? ` and ${left.length - 3} more` : ''}`,
  wanted: 'nothing of the process tree',
})

const keepsAlive = ({ what, file, line, way }: Lasting, server: { file: string; line: number }): Evidence => ({
  at: file,
  line,
  saw: `${what} keeps the process alive after the end of its input${way.length > 0 ? `; started by ${way.join(', ')}` : ` (the server of ${server.file}:${server.line})`}`,
  wanted: 'unref() or daemon=True, or an end when stdin ends',
})

const item: Item = {
  id: 'process-cleanup',
  area: 'resilience',
  rows: [23],
  title: 'Nothing is left when the client is gone',
  level: 'must',
  why: 'A server that outlives its client piles up: hundreds of orphans and gigabytes on one machine are common reports.',
  how: 'Exit when stdin ends and on SIGTERM, clear timers, and end child processes you started (kill their process group).',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#shutdown'],
  checks: [
    check({
      asks: 'Is the whole process tree gone after the end of input, after SIGTERM, and after the client was killed?',
      needs: { endings },
      judge: ({ endings }) => {
        const left = endings.filter(({ goneAfter }) => goneAfter === null).map(leftBehind)
        const gone = endings.map(({ how, goneAfter, processes }) => ({
          at: how,
          saw: `${processes === 1 ? 'the process was' : `all ${processes} processes were`} gone after ${Math.round(goneAfter ?? 0)} ms`,
        }))
        return judged(left, gone, 'no ending was seen')
      },
    }),
    check({
      asks: 'Are the processes that calls start gone when the calls are over?',
      // A server whose tools cannot be called is judged by its endings alone.
      rows: [23],
      applies: { capability: 'tools' },
      needs: { callPiles },
      judge: ({ callPiles: { tools, each, piles } }) => {
        const counted = piles
          .filter(({ kind }) => kind === 'process')
          .map(({ after, examples, grows }) => ({
            grows,
            evidence: {
              at: `processes of the server, after batches of ${each} calls each of ${tools.join(', ')}`,
              saw: `${after.join(', ')}${examples.length > 0 ? `; new ones such as ${examples.join(', ')}` : ''}`,
              wanted: 'as many as after the first batch',
            },
          }))
        const broken = counted.filter(({ grows }) => grows)
        return judged(
          broken.map(({ evidence }) => evidence),
          counted.map(({ evidence }) => evidence),
          'no processes were counted',
        )
      },
    }),
    check({
      asks: 'Does nothing that is started with a stdio server keep it alive when its client is gone?',
      needs: { lastingThings, project },
      judge: ({ lastingThings: { stdio, lasting, noticed, files }, project }) => {
        if (files === 0)
          return unknown(
            project.unread
              ? `no reader for ${project.unread}`
              : 'no TypeScript, JavaScript or Python source of a server was read',
          )
        if (!stdio) return unknown('the place where a stdio server is started was not found in the source')
        if (noticed && lasting.length > 0)
          return judged(
            [],
            [{ at: noticed.file, line: noticed.line, saw: 'the end of stdin is noticed' }],
            'not reached',
          )
        if (lasting.length === 0)
          return notApplicable(
            `nothing that outlives its client is started with the server of ${stdio.file}:${stdio.line}`,
          )
        return judged(
          lasting.map(one => keepsAlive(one, stdio)),
          [],
          'not reached',
        )
      },
    }),
  ],
}

export default item
