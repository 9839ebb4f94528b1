import { gatherer } from '../core/item.ts'
import { pipelines } from './pipelines.ts'
import { shellCommands } from './shell.ts'
import { tasks } from './tasks.ts'

/** Something that makes a copy of the data without a person. */
export interface BackupScript {
  /** `scripts/backup.sh`, `make backup`. */
  name: string
  path: string
  /** The command that copies; null when there is none in it. */
  copies: string | null
}

const file =
  /(^|\/)[^/]*(back-?up|snapshot|dump)[^/]*\.(sh|bash|py|[mc]?[jt]s|ya?ml|service|timer)$|(^|\/)litestream[^/]*\.ya?ml$|(^|\/)(borgmatic|velero|restic)[^/]*\.ya?ml$/i
const copying =
  /^(pg_dump|pg_dumpall|pg_basebackup|mysqldump|mariadb-dump|mongodump|restic|rclone|borg|borgmatic|litestream|duplicity|kopia|tar|cp|rsync|zip|velero|barman|wal-g|redis-cli)$/

const copiesIn = (script: string): string | null => {
  try {
    const found = shellCommands(script).find(
      ({ words }) =>
        copying.test(words[0] ?? '') ||
        (/^(sqlite3|psql|mysql)$/.test(words[0] ?? '') &&
          /\.(backup|dump|clone)\b|VACUUM INTO|BACKUP/i.test(words.join(' '))) ||
        (/^(docker|podman|kubectl)$/.test(words[0] ?? '') && words.some(word => copying.test(word))) ||
        (/^(aws|gsutil|az|gcloud|s3cmd|mc)$/.test(words[0] ?? '') &&
          /\b(cp|sync|upload|snapshot|export|mirror|put)\b/.test(words.join(' '))),
    )
    return found ? found.words.join(' ').slice(0, 160) : null
  } catch {
    return null
  }
}

/** Tools and calls by which a program or a manifest copies a store. */
const copiesInText =
  /pg_dump|\.backup\(|VACUUM INTO|mysqldump|mongodump|restic|rclone|litestream|s3|shutil\.(copy|make_archive)|copyFile|VolumeSnapshot|ExecStart|replicas:/i

/** Scripts, tasks and scheduled jobs that save data. */
export const backupScripts = gatherer<BackupScript[], { tasks: typeof tasks; pipelines: typeof pipelines }>({
  id: 'backup-scripts',
  impact: 'read',
  from: 'repository',
  needs: { tasks, pipelines },
  gather: async ({ repository }, { tasks, pipelines }) => {
    const found: BackupScript[] = []
    for (const path of (repository?.files ?? []).filter(
      each => file.test(each) && !/(^|\/)(tests?|fixtures|node_modules)\//.test(each),
    )) {
      const text = ((await repository?.text(path)) ?? '').slice(0, 100_000)
      const copies = /\.(sh|bash)$/.test(path) ? copiesIn(text) : (copiesInText.exec(text)?.[0] ?? null)
      found.push({ name: path, path, copies })
    }
    for (const { tool, name, path, script } of tasks.named)
      if (/back-?up|snapshot/i.test(name)) found.push({ name: `${tool} ${name}`, path, copies: copiesIn(script) })
    for (const { scripts, path } of tasks.node)
      for (const [name, script] of Object.entries(scripts))
        if (/back-?up|snapshot/i.test(name)) found.push({ name: `npm run ${name}`, path, copies: copiesIn(script) })
    for (const { events, runs, at } of pipelines.steps.filter(({ events }) => events.includes('schedule')))
      for (const { words } of runs)
        if (events.length > 0 && copying.test(words[0] ?? '') && !/^(cp|tar|zip)$/.test(words[0] ?? ''))
          found.push({ name: at, path: at, copies: words.join(' ').slice(0, 160) })
    return found
  },
})
