import { notApplicable, unknown, type Verdict } from '../core/verdict.ts'
import type { DataAccess, DatabaseClient } from '../gather/data-access.ts'

export const shown = ({ library, product }: DatabaseClient): string =>
  product.toLowerCase() === library || library === 'node:sqlite' ? product : `${product} through ${library}`

/** The clients of databases that run elsewhere, or why there is nothing to ask about. */
export const remoteClients = ({ clients, libraries, files }: DataAccess): DatabaseClient[] | Verdict => {
  if (files === 0) return unknown('no TypeScript, JavaScript or Python source of a server was read')
  if (clients.length === 0)
    return libraries.length > 0
      ? unknown(
          `${libraries.slice(0, 3).join(', ')} is among the dependencies, and where the source opens a database was not found`,
        )
      : notApplicable('the source opens no database')
  const remote = clients.filter(({ embedded }) => embedded === false)
  if (remote.length > 0) return remote
  const first = clients.find(({ embedded }) => embedded === null)
  if (first)
    return unknown(
      `whether ${first.library} in ${first.file}:${first.line} opens a file or reaches another machine depends on an address that is not in the source`,
    )
  const [inside] = clients
  return notApplicable(
    `the only database is embedded in the process: ${inside ? `${shown(inside)} in ${inside.file}:${inside.line}` : ''}`,
  )
}
