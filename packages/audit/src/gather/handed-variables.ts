import { gatherer } from '../core/item.ts'
import { isPlatformVariable, settingsReads } from './settings-reads.ts'
import { startLines } from './start-lines.ts'

/** A variable that a client configuration of the documents gives to the server. */
export interface HandedVariable {
  name: string
  path: string
  line: number
}

/**
 * Variables that the documents tell to set and that nothing in the source reads: a library may, such as the client of a
 * service that takes its key from the environment.
 */
export const handedVariables = gatherer<
  HandedVariable[],
  { startLines: typeof startLines; reads: typeof settingsReads }
>({
  id: 'handed-variables',
  impact: 'read',
  from: 'repository',
  needs: { startLines, reads: settingsReads },
  gather: (_, { startLines, reads }) => {
    const read = new Set(reads.variables.map(({ name }) => name))
    const handed = startLines.servers
      .filter(({ start }) => start?.names === 'own')
      .flatMap(({ path, line, env }) => env.map(name => ({ name, path, line })))
      .filter(({ name }) => !read.has(name) && !isPlatformVariable(name))
    return [...new Map(handed.toReversed().map(one => [one.name, one])).values()].toReversed()
  },
})

/** Why nothing can be said of settings that a library reads. */
export const readByLibrary = ({ name, path, line }: HandedVariable): string =>
  `${path}:${line} sets ${name}, which nothing in the source reads: what a library makes of it shows in a live run only`
