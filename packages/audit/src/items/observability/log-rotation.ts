import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import type { Workload } from '../../gather/containers/workload.ts'
import { workloads } from '../../gather/containers/workloads.ts'
import { logFiles, type LogFile, type LogFiles } from '../../gather/log-files.ts'
import { repositoryProfile } from '../../gather/repository-profile.ts'

const wanted = 'files that rotate by size or time, or lines on stderr that whatever runs the server keeps with a limit'

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A pattern of logrotate with one star in it matches by what is around the star. */
const isRotated = ({ path }: LogFile, { rotated }: LogFiles): boolean =>
  rotated.some(
    ({ patterns, bounded }) =>
      bounded &&
      patterns.some(pattern => {
        const [before = '', after] = lastPart(pattern).split('*')
        if (path === null) return true
        return after === undefined
          ? lastPart(path) === before
          : lastPart(path).startsWith(before) && lastPart(path).endsWith(after)
      }),
  )

const asEvidence = ({ file, line, what, path }: LogFile, saw: string): Evidence => ({
  at: file,
  line,
  saw: `${what}${path ? ` ${path}` : ''}: ${saw}`,
})

const judgeFiles = (files: LogFiles): Verdict => {
  const rotates = (each: LogFile): boolean | null => (isRotated(each, files) ? true : each.rotates)
  const broken = files.sinks
    .filter(each => rotates(each) === false)
    .map(each => ({ ...asEvidence(each, 'it grows without a limit'), wanted }))
  const open = files.sinks.find(each => rotates(each) === null)
  if (broken.length === 0 && open)
    return unknown(`whether ${open.what} in ${open.file}:${open.line} rotates cannot be told`)
  return judged(
    broken,
    files.sinks.map(each => asEvidence(each, isRotated(each, files) ? 'logrotate rotates it' : 'it rotates')),
    'not reached',
  )
}

const judgePlatform = (running: Workload[]): Verdict => {
  const logs = running.flatMap(({ logs, tool, name }) => (logs ? [{ ...logs, title: `${tool} ${name}` }] : []))
  const open = logs.find(({ bounded }) => bounded === null)
  const broken = logs
    .filter(({ bounded }) => bounded === false)
    .map(({ path, line, saw, title }) => ({ at: path, line, saw: `${title}: ${saw}`, wanted }))
  if (broken.length === 0 && open) return unknown(`${open.path}: ${open.saw}`)
  const proven = logs.map(({ path, line, saw, title }) => ({
    at: path,
    line,
    saw: `${title}: ${saw}, which has a limit`,
  }))
  return judged(broken, proven, 'not reached')
}

const item: Item = {
  id: 'log-rotation',
  area: 'observability',
  rows: [47],
  title: 'Logs that do not fill the disk',
  level: 'should',
  why: 'A log that grows without a limit fills the disk, and then everything on the machine fails at once.',
  how: 'Log to stderr and let what runs the server keep the lines with a limit (`logging: { options: { max-size: 10m, max-file: 5 } }` in Compose, the journal under systemd); files need RotatingFileHandler with maxBytes, winston’s maxsize, pino-roll or logrotate.',
  refs: [
    'https://docs.docker.com/engine/logging/drivers/json-file/',
    'https://docs.python.org/3/library/logging.handlers.html#rotatingfilehandler',
    'https://kubernetes.io/docs/concepts/cluster-administration/logging/',
  ],
  checks: [
    check({
      asks: 'Is there a limit to what the logs take on the disk?',
      needs: { files: logFiles, workloads, known: repositoryProfile },
      judge: ({ files, workloads: { server }, known }) => {
        const running = server.filter(({ by, restart }) => by !== 'docker run' || restart !== null)
        const [first] = running
        if (first && running.every(({ by }) => by === 'kubernetes'))
          return notApplicable(`${first.path}: Kubernetes rotates what its containers write`)
        if (files.sinks.length > 0) return judgeFiles(files)
        if (running.some(({ logs }) => logs !== null)) return judgePlatform(running)
        if (first) return notApplicable(`${first.path}: ${first.tool} keeps what the server writes`)
        if (files.read === 0) return unknown('no source that is read says where the log goes')
        if (known.profile === 'local')
          return notApplicable(
            'the code writes no log file, and the client that starts it keeps what it writes to stderr',
          )
        return unknown(
          'the code writes no log file, and nothing in the repository says who keeps what it writes to stderr',
        )
      },
    }),
  ],
}

export default item
