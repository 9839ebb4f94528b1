import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { taint } from '../../gather/taint.ts'
import { judgeFlows } from '../carried.ts'
import { lostContents } from '../../gather/lost-contents.ts'
import { acknowledgedWrites, type AcknowledgedWrites } from '../../gather/acknowledged-writes.ts'

const faults = ({ write, read, kept, special, cut }: AcknowledgedWrites): Evidence[] => [
  ...kept
    .filter(({ lost }) => lost > 0)
    .map(({ situation, acknowledged, lost }) => ({
      at: `tools/call ${write}, ${situation}`,
      saw: `${lost} of ${acknowledged} acknowledged writes are not in the answer of ${read}`,
      wanted: 'each acknowledged write is there afterwards',
    })),
  ...(special && !special.intact
    ? [
        {
          at: `tools/call ${write}`,
          saw: `the text ${special.text} is not read back as it was written`,
          wanted: 'the same text',
        },
      ]
    : []),
  ...(cut && !cut.serves
    ? [
        {
          at: `a start with a data file of ${cut.after} of its ${cut.before} bytes`,
          saw: cut.saw,
          wanted: 'a server that starts, answers, and says what is wrong with its data',
        },
      ]
    : []),
]

const proven = ({ write, kept, special, cut }: AcknowledgedWrites): Evidence[] => [
  ...kept.map(({ situation, acknowledged }) => ({
    at: `tools/call ${write}, ${situation}`,
    saw: `all ${acknowledged} acknowledged writes were there afterwards`,
  })),
  ...(special ? [{ at: `tools/call ${write}`, saw: 'a text full of special characters was read back as it was' }] : []),
  ...(cut ? [{ at: 'a start with half a data file', saw: `it serves: ${cut.saw}` }] : []),
]

const item: Item = {
  id: 'durable-writes',
  area: 'resilience',
  rows: [],
  title: 'What was acknowledged is kept',
  level: 'must',
  why: 'A widely used server acknowledged 100 parallel writes and kept one: each read the whole file, added its own, and wrote the whole file back.',
  how: 'Write under a lock that other processes see (or append, or use a database), to a temporary file that is renamed, and acknowledge after that. Set a broken file aside instead of dying from it.',
  refs: [
    'https://www.sqlite.org/atomiccommit.html',
    'https://github.com/npm/write-file-atomic',
    'https://github.com/moxystudio/node-proper-lockfile',
  ],
  applies: { capability: 'tools' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Is every acknowledged write there afterwards: of parallel calls, of two processes, after a restart?',
      needs: { acknowledgedWrites },
      judge: ({ acknowledgedWrites: writes }) => {
        const broken = faults(writes)
        if (broken.length === 0 && writes.untried.length > 0)
          return unknown(`not all was tried: ${writes.untried.join('; ')}`)
        return judged(broken, proven(writes), 'not reached')
      },
    }),
    check({
      asks: 'Is a text that a tool puts in the place of another written as it was given?',
      needs: { taint },
      judge: ({ taint }) => {
        const verdict = judgeFlows(taint, {
          kinds: ['replacement'],
          places: 'replacement',
          instead: 'a function that returns the text: `replace(old, () => text)`, `re.sub(pattern, lambda _: text, …)`',
        })
        if (verdict.status === 'fail') return verdict
        return unknown('no text is changed on its way to a file in the source; what is kept shows when it is read back')
      },
    }),
    check({
      asks: 'Is a file that could not be read left as it is?',
      needs: { lostContents },
      judge: ({ lostContents }) =>
        lostContents.length > 0
          ? judged(
              lostContents.map(({ what, file, line, passedAt }) => ({
                at: file,
                line,
                saw: `${what} is written over with what is empty where reading it failed (${passedAt})`,
                wanted: 'an error, or the broken file set aside',
              })),
              [],
              'not reached',
            )
          : unknown('no file was found that is written over after it could not be read; what is kept shows in use'),
    }),
  ],
}

export default item
