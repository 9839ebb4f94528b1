import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { callPiles, type Pile } from '../../gather/call-piles.ts'
import { openedThings, type Opened } from '../../gather/opened.ts'
import { project } from '../../gather/project.ts'

const left = ({ what, file, line, ending }: Opened): Evidence => ({
  at: file,
  line,
  saw:
    ending === 'straight' ? `${what}: it is closed only when nothing goes wrong before` : `${what}: nobody closes it`,
  wanted: 'with, await using, or a close in finally',
})

const item: Item = {
  id: 'file-handles',
  area: 'resilience',
  rows: [22],
  title: 'Every file is closed, on every path',
  level: 'should',
  why: 'Each file that stays open after an error uses up one of some thousand descriptors; with none left, the server can open nothing and answer nobody.',
  how: 'Read and write whole files (readFile, Path.read_text), or hold the file with `with`, `await using`, or close it in `finally`.',
  refs: [
    'https://docs.astral.sh/ruff/rules/open-file-with-context-handler/',
    'https://nodejs.org/api/fs.html#filehandleclose',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Is every file that the source opens closed, whatever goes wrong?',
      needs: { openedThings, project },
      judge: ({ openedThings: { opened, files }, project }) => {
        if (files === 0)
          return unknown(
            project.unread
              ? `no reader for ${project.unread}`
              : 'no TypeScript, JavaScript or Python source of a server was read',
          )
        const handles = opened.filter(({ kind }) => kind === 'file')
        if (handles.length === 0) return notApplicable(`${files} source files open no file to hold on to`)
        const broken = handles.filter(({ ending }) => ending === 'never' || ending === 'straight')
        const proven = handles.filter(({ ending }) => /^(context|finally|elsewhere)$/.test(ending))
        return judged(
          broken.map(left),
          proven.map(({ what, file, line, ending }) => ({
            at: file,
            line,
            saw: `${what}: closed by ${ending === 'elsewhere' ? 'another function' : `a ${ending}`}`,
          })),
          'files are opened here and handed on; who closes them was not followed',
        )
      },
    }),
    check({
      asks: 'Does the running server have no more files open after many calls than after the first ones?',
      applies: { capability: 'tools' },
      needs: { callPiles },
      judge: ({ callPiles: { tools, each, waitedMs, piles } }) => {
        const at = `files that the server has open, after batches of ${each} calls each of ${tools.join(', ')}`
        const evidence = ({ after, examples }: Pile): Evidence => ({
          at,
          saw: `${after.join(', ')}${waitedMs > 0 ? `, ${Math.round(waitedMs / 1000)} s of waiting included` : ''}${examples.length > 0 ? `; new ones such as ${examples.join(', ')}` : ''}`,
          wanted: 'as many as after the first batch',
        })
        const files = piles.filter(({ kind }) => kind === 'file')
        return judged(files.filter(({ grows }) => grows).map(evidence), files.map(evidence), 'no files were counted')
      },
    }),
  ],
}

export default item
