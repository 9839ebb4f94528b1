import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { backupScripts, type BackupScript } from '../../gather/backup-scripts.ts'
import { keptData, type KeptDataFacts } from '../../gather/kept-data.ts'
import { isPublished, published } from '../../gather/published.ts'
import { recovery, type RecoveryPassage } from '../../gather/recovery.ts'

const flaws = ({ path, line, title, steps, placeholders, missing }: RecoveryPassage): Evidence[] => [
  ...(steps.length === 0
    ? [{ at: path, line, saw: `«${title}» says nothing that could be done`, wanted: 'how it is saved and restored' }]
    : []),
  ...placeholders
    .slice(0, 5)
    .map(({ path, line, saw }) => ({ at: path, line, saw: `«${saw}» was never filled in`, wanted: 'the real one' })),
  ...missing
    .slice(0, 5)
    .map(({ path, line, saw, wanted }) => ({ at: path, line, saw: `${saw}, but ${wanted} is not there`, wanted })),
]

const unscripted = (scripts: BackupScript[]): Evidence[] => {
  if (scripts.some(({ copies }) => copies !== null)) return []
  const [first] = scripts
  const wanted = 'a script, a task or a scheduled job that copies the data'
  return first
    ? [{ at: first.path, saw: `${first.name} copies nothing`, wanted }]
    : [{ at: '.', saw: 'nothing that makes a backup', wanted }]
}

const judgeBackups = (
  [kept]: [KeptDataFacts['stored'][number], ...KeptDataFacts['stored']],
  passages: RecoveryPassage[],
  scripts: BackupScript[],
) => {
  const [best] = passages.toSorted((a, b) => flaws(a).length - flaws(b).length || b.steps.length - a.steps.length)
  const at = { at: kept.path, line: kept.line }
  const unsaid = {
    ...at,
    saw: `it keeps data (${kept.what}), and no document says how that is saved`,
    wanted: 'how it is saved and restored',
  }
  const keeps = { ...at, saw: `it keeps data: ${kept.what}` }
  const lacks = [...(best ? flaws(best) : [unsaid]), ...unscripted(scripts)]
  const broken = best && lacks.length > 0 ? [keeps, ...lacks] : lacks
  const script = scripts.find(({ copies }) => copies !== null)
  return judged(
    broken,
    [
      keeps,
      ...(best ? [{ at: best.path, line: best.line, saw: `«${best.title}»: ${best.steps.length} steps` }] : []),
      ...(script ? [{ at: script.path, saw: `${script.name}: ${script.copies}` }] : []),
    ],
    'not reached',
  )
}

const item: Item = {
  id: 'backup-strategy',
  area: 'maintenance',
  rows: [72],
  title: 'Backups of the data it keeps',
  level: 'should',
  why: 'A disk fails once and a wrong deletion happens twice; without a backup that was restored before, both are final.',
  how: 'Script the backup of what the server keeps (`sqlite3 DB ".backup FILE"`, `pg_dump`, litestream, a volume snapshot), run it on a schedule, and write down how it is restored.',
  refs: ['https://www.sqlite.org/backup.html', 'https://www.postgresql.org/docs/current/backup.html'],
  checks: [
    check({
      asks: 'Is the data that it keeps saved by a script, and is it written down how it is restored?',
      needs: { keptData, recovery, backupScripts, published },
      judge: ({ keptData: { stored, databases, written, files }, recovery, backupScripts, published }) => {
        const [first, ...more] = stored
        const [open] = [...databases, ...written]
        if (first && isPublished(published))
          return unknown(`this is ${published.what}; how its data is saved is not part of it`)
        if (first) return judgeBackups([first, ...more], recovery.backup, backupScripts)
        if (files === 0) return unknown('no source of TypeScript, JavaScript or Python that could keep data was found')
        if (!open)
          return notApplicable(`it keeps no data: no database and no file is written in its ${files} source files`)
        const isSaid = recovery.backup.some(passage => flaws(passage).length === 0)
        if (isSaid && backupScripts.some(({ copies }) => copies !== null))
          return judgeBackups([open], recovery.backup, backupScripts)
        return unknown(
          `${open.what} (${open.path}:${open.line}): whether that is data of its own cannot be told from the source`,
        )
      },
    }),
  ],
}

export default item
