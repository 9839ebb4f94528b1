import { gatherer } from '../../core/item.ts'
import { project, type Project } from '../project.ts'
import { httpPaths } from '../http-paths.ts'
import { asked, type Asked } from './asked.ts'
import { commandWords, effective, everyStep, publishedImage, type PublishedImage } from './published-image.ts'
import type { Probe } from './workload.ts'
import { workloads } from './workloads.ts'

export interface HealthProbe {
  path: string
  line: number
  /** Who asks: `HEALTHCHECK`, `livenessProbe`, `healthcheck`. */
  by: string
  asked: Asked
  /** Ports that the process is known to listen on; empty when none is known. */
  ports: string[]
}

export interface HealthProbes {
  /** Why the published image serves HTTP; null when nothing says that it does. */
  serves: string | null
  image: PublishedImage | null
  probes: HealthProbe[]
  /** `HEALTHCHECK NONE`. */
  disabled: number | null
  /** Paths that the code takes requests at; empty when it has none or is not read. */
  paths: { path: string; file: string; line: number }[]
  /** Whether all of the server's code is in a language that is read. */
  read: boolean
}

const httpWord =
  /^(--(transport[= ])?(streamable-?http|http|sse)|streamable-?http|http|sse|uvicorn|gunicorn|hypercorn)$/i

/** Ports that EXPOSE, settings of the image and its command name. */
const portsOf = (image: PublishedImage): string[] => {
  const exposed = everyStep(image, 'EXPOSE').flatMap(({ text }) =>
    text
      .trim()
      .split(/\s+/)
      .map(port => port.replace(/\/\w+$/, '')),
  )
  const set = image.file.variables.flatMap(({ name, value }) => (/PORT/i.test(name) && value ? [value] : []))
  const given = commandOf(image)
    .filter(word => /^\d{2,5}$|[=:]\d{2,5}$/.test(word))
    .map(word => word.replace(/^.*[=:]/, ''))
  return [...exposed, ...set, ...given].filter(port => /^\d+$/.test(port))
}

const commandOf = (image: PublishedImage): string[] => [
  ...commandWords(effective(image, 'ENTRYPOINT')?.text ?? ''),
  ...commandWords(effective(image, 'CMD')?.text ?? ''),
]

const whyServes = (image: PublishedImage): string | null => {
  const [exposed] = everyStep(image, 'EXPOSE')
  if (exposed) return `EXPOSE ${exposed.text.trim()}`
  const word = commandOf(image).find(each => httpWord.test(each))
  if (word) return `it is started with ${word}`
  const set = image.file.variables.find(({ name, value }) => /TRANSPORT/i.test(name) && /http|sse/i.test(value ?? ''))
  return set ? `${set.name}=${set.value}` : null
}

const ofImage = (image: PublishedImage): Probe[] => {
  const check = effective(image, 'HEALTHCHECK')
  const command = /^\s*(--\S+\s+)*CMD\s+(.*)$/s.exec(check?.text ?? '')?.[2]
  if (!check || command === undefined) return []
  const words = command.trim().startsWith('[') ? commandWords(command) : [command]
  return [
    { kind: 'command', words, asks: null, port: null, path: image.file.path, line: check.line, saw: 'HEALTHCHECK' },
  ]
}

const isRead = ({ languages, foreign }: Project & { foreign?: unknown[] | Record<string, number> }): boolean =>
  languages.typescript + languages.javascript + languages.python > 0 && Object.keys(foreign ?? []).length === 0

/** How the published image, or what runs it, finds out whether the server is well. */
export const healthProbes = gatherer<
  HealthProbes,
  {
    publishedImage: typeof publishedImage
    workloads: typeof workloads
    httpPaths: typeof httpPaths
    project: typeof project
  }
>({
  id: 'health-probes',
  impact: 'read',
  from: 'repository',
  needs: { publishedImage, workloads, httpPaths, project },
  gather: (_, { publishedImage: image, workloads, httpPaths, project }) => {
    const ports = image ? portsOf(image) : []
    const containers = workloads.server.filter(
      ({ by }) => by === 'compose' || by === 'kubernetes' || by === 'docker run',
    )
    const probes = [
      ...(image ? ofImage(image) : []).map(probe => ({ probe, ports })),
      ...containers.flatMap(each => each.probes.map(probe => ({ probe, ports: [...ports, ...each.ports] }))),
    ]
    const off = image ? effective(image, 'HEALTHCHECK') : undefined
    const published = containers.find(each => each.ports.length > 0 && each.by !== 'docker run')
    return {
      serves: (image && whyServes(image)) ?? (published ? `${published.name} has ports` : null),
      image,
      probes: probes.map(({ probe, ports }) => ({
        path: probe.path,
        line: probe.line,
        by: probe.kind === 'command' && probe.saw.length > 30 ? '--health-cmd' : probe.saw,
        asked: asked(probe),
        ports,
      })),
      disabled: off && /^\s*NONE\b/i.test(off.text) ? off.line : null,
      paths: httpPaths,
      read: isRead(project),
    }
  },
})
