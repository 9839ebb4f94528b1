import { gatherer, Undecided } from '../core/item.ts'
import { bundleStart, type BundleStart } from '../target/bundle-start.ts'
import { bareEnvironment } from '../target/desktop.ts'
import { attempt } from '../target/startup.ts'
import { lastWords } from '../target/startup-failures.ts'
import { listAll } from './lists.ts'
import { opening } from './startup.ts'

/** A bundle started as its manifest says, as a desktop client does it. */
export interface StartedBundle extends Omit<BundleStart, 'launch'> {
  command: string
  /** Where it came to its handshake: anywhere, only in its own directory, or nowhere. */
  started: 'anywhere' | 'in its directory' | 'nowhere'
  /** Its last words when it did not start. */
  words: string
  /** The names that tools/list gives, and what was wrong with the list. */
  listed: string[]
  faults: string[]
}

/** `mcp_config` of a bundle, started in a clean environment, and the tools that are there then. */
export const startedBundle = gatherer({
  id: 'started-bundle',
  impact: 'start',
  from: 'server',
  needs: { opening },
  gather: async (target, { opening }): Promise<StartedBundle> => {
    const found = await bundleStart(target)
    if (typeof found === 'string') throw new Undecided(found)
    const { launch, ...rest } = found
    const bundled = { ...target, server: { transport: 'stdio' as const, launch } }
    const seen = { ...rest, command: [launch.command, ...launch.args].join(' ') }
    let words = ''
    for (const [started, cwd] of [
      ['anywhere', target.scratch],
      ['in its directory', launch.cwd],
    ] as const) {
      const { connection, running } = await attempt(bundled, opening, undefined, {
        environment: bareEnvironment(),
        cwd,
      })
      words ||= lastWords(running)
      if (!connection) {
        running.process?.kill()
        continue
      }
      const { entries, faults } = await listAll(connection, 'tools/list', 'tools')
      await connection.close()
      return { ...seen, started, words, listed: entries.map(({ name }) => String(name)), faults }
    }
    return { ...seen, started: 'nowhere', words: words || 'no handshake', listed: [], faults: [] }
  },
})
