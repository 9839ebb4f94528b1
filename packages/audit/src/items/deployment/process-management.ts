import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import type { Workload } from '../../gather/containers/workload.ts'
import { workloads, type Workloads } from '../../gather/containers/workloads.ts'
import { isPublished, published, type Published } from '../../gather/published.ts'

const wanted = 'a unit of systemd, a Compose service or a Kubernetes resource that starts it again when it ends'

/** A command that a document tells people to try is none that keeps a service running. */
const isKept = ({ by, restart }: Workload): boolean => by !== 'docker run' || restart !== null

const faults = ({ tool, name, faults }: Workload): Evidence[] =>
  faults.map(({ path, line, saw }) => ({
    at: path,
    line,
    saw: `${tool} ${name}: ${saw}`,
    wanted: 'a file that holds as it is written',
  }))

const ending = ({ tool, name, path, line, restart }: Workload): Evidence => ({
  at: restart?.path ?? path,
  line: restart?.line ?? line,
  saw: `${tool} ${name}: ${restart?.saw ?? 'nothing starts it again'}`,
})

const absent = ({ broken, unread }: Workloads, archive: Published): Verdict => {
  const [first] = broken
  if (first) return fail({ at: first.path, line: first.line, saw: first.saw, wanted })
  if (unread[0]) return unknown(`${unread.slice(0, 3).join(', ')} may say how it is kept running, and is not read`)
  if (isPublished(archive)) return unknown(`this is ${archive.what}; what runs the server need not be part of it`)
  return fail({ at: '.', saw: 'nothing says what keeps it running', wanted })
}

const item: Item = {
  id: 'process-management',
  area: 'deployment',
  rows: [64],
  title: 'Something that keeps the service running',
  level: 'should',
  why: 'A service that nobody starts again is down from its first crash, or from the next restart of the machine, until somebody notices.',
  how: 'Keep the file that runs it in the repository: a unit of systemd with Restart=on-failure and WantedBy=, a Compose service with restart: unless-stopped, or a Kubernetes Deployment.',
  refs: [
    'https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html',
    'https://docs.docker.com/engine/containers/start-containers-automatically/',
  ],
  applies: { profile: 'service' },
  checks: [
    check({
      asks: 'Is the service started again when it ends?',
      needs: { workloads, published },
      judge: ({ workloads, published }) => {
        const kept = workloads.server.filter(isKept)
        if (kept.length === 0) return absent(workloads, published)
        const broken = kept.flatMap(faults)
        const good = kept.filter(({ restart }) => restart?.again)
        const once = good.length > 0 ? [] : kept.map(each => ({ ...ending(each), wanted }))
        return judged([...broken, ...once], good.map(ending), 'not reached')
      },
    }),
  ],
}

export default item
