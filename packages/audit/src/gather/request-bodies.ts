import { gatherer } from '../core/item.ts'
import { someIn } from './code/parts.ts'
import { nameOf, type Module } from './code/values.ts'
import { httpEntries } from './http-entries.ts'
import { collectedIn, measures, type Collected } from './http/collected.ts'
import { pythonBodies } from './http/python-bodies.ts'
import { legibleModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach, type Reach } from './reach.ts'

export interface RequestBodies {
  /** Bodies of requests that the server's own code reads to their end, however long they are. */
  collected: Collected[]
  /** What may hold them back before; null when nothing does. */
  held: string | null
}

const local = /^(127\.|localhost$|::1$|\[::1\]$)/
/** What lets every body through as it is. */
const harmless = /\.(CORSMiddleware|GZipMiddleware|TrustedHostMiddleware|SessionMiddleware|RequestContextMiddleware)$/

/** Python: what stands before all routes may look at the length, or ask who calls. */
const heldBy = (own: Module[], { resolver }: Reach): string | null => {
  for (const module of own) {
    if (module.language !== 'python') continue
    const looks = module.guards.find(
      ({ test }) => measures(test) && someIn(test, part => part.is === 'text' && /^content-length$/i.test(part.text)),
    )
    if (looks) return `${module.path}:${looks.line} looks at the length that is told`
    for (const { callee, arguments: given, named, line } of module.calls) {
      const [first] = given
      const name = nameOf(callee)
      const isKnown = (): boolean =>
        first !== undefined && harmless.test(resolver.external(first, { module, frames: [] }) ?? '')
      if (/^(add_middleware|Middleware)$/.test(name) && !isKnown())
        return `${module.path}:${line} puts something before all routes`
      if (/^(FastAPI|APIRouter|include_router)$/.test(name) && named.some(([key]) => key === 'dependencies'))
        return `${module.path}:${line} puts something before all routes`
    }
  }
  return null
}

/** How the server's own code reads the bodies of HTTP requests. */
export const requestBodies = gatherer<
  RequestBodies,
  { reach: typeof reach; project: typeof project; httpEntries: typeof httpEntries }
>({
  id: 'request-bodies',
  impact: 'read',
  from: 'repository',
  needs: { reach, project, httpEntries },
  gather: (_, { reach, project, httpEntries: { starts, addresses } }) => {
    if (starts.length === 0) return { collected: [], held: null }
    const own = legibleModules(reach, project)
    const found = own.flatMap(module =>
      module.language === 'python' ? pythonBodies(module, reach) : collectedIn(module, reach),
    )
    const isLocal = addresses.length > 0 && addresses.every(({ host }) => host !== null && local.test(host))
    const python = found.some(({ file }) => file.endsWith('.py'))
    return {
      collected: [...new Map(found.map(one => [`${one.file}:${one.line}`, one])).values()],
      held: isLocal ? 'it listens on the loopback interface alone' : python ? heldBy(own, reach) : null,
    }
  },
})
