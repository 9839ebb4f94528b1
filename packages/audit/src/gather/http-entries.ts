import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { addressIn, type Address } from './http/address.ts'
import { besideStdio, elsewhere, type Listener } from './http/beside.ts'
import { endpointsOf, type Endpoint } from './http/endpoints.ts'
import { guardsIn, type Guard } from './http/guards.ts'
import { openMounts } from './http/mounts.ts'
import { ownModules } from './own-modules.ts'
import { project } from './project.ts'
import { reach } from './reach.ts'
import { transportStarts } from './transport-starts.ts'

export interface HttpEntries {
  /** Where the server begins to speak over HTTP; empty when it never does. */
  starts: { file: string; line: number }[]
  /** A place where it speaks over stdio was found. */
  stdio: boolean
  /** Where it listens when nobody says otherwise. */
  addresses: Address[]
  /** Where else it listens, in files without MCP of the SDK. */
  others: Address[]
  /** What stands before the tools: checks of credentials, of Origin and of Host. */
  guards: Guard[]
  /** The routes that serve MCP, where they are written as routes. */
  endpoints: Endpoint[]
  /** What a server that speaks MCP over stdio alone opens to the network as well. */
  beside: Listener[]
}

/** How the source serves MCP over HTTP: addresses, and what refuses requests. */
export const httpEntries = gatherer<
  HttpEntries,
  {
    modules: typeof modules
    reach: typeof reach
    project: typeof project
    transportStarts: typeof transportStarts
  }
>({
  id: 'http-entries',
  impact: 'read',
  from: 'repository',
  needs: { modules, reach, project, transportStarts },
  gather: (_, { modules, reach, project, transportStarts }) => {
    const own = ownModules(reach, project)
    const starts = transportStarts.filter(({ kind }) => kind === 'http')
    const stdio = transportStarts.some(({ kind }) => kind === 'stdio')
    if (starts.length === 0) {
      const beside = stdio ? besideStdio(transportStarts, own, modules, reach) : []
      return { starts: [], stdio, addresses: [], others: [], guards: [], endpoints: [], beside }
    }
    const addresses = own.flatMap(module => addressIn(module, starts, own, reach.resolver))
    // beside the address of the server there may be one to which a browser is sent back
    const serving = addresses.filter(({ file }) => starts.some(({ module }) => module.path === file))
    const silent = own.filter(module => !starts.some(start => start.module === module))
    const mounts = openMounts(own, starts)
    return {
      starts: starts.map(({ module, line }) => ({ file: module.path, line })),
      stdio,
      addresses: serving.length > 0 ? serving : addresses,
      others: serving.length > 0 ? elsewhere(silent, own, modules, reach) : [],
      guards: own.flatMap(module => guardsIn(module, reach, mounts)),
      endpoints: endpointsOf(starts, reach),
      beside: [],
    }
  },
})
