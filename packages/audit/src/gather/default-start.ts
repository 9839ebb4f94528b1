import { gatherer, Undecided } from '../core/item.ts'
import type { Launch, Target } from '../core/target.ts'
import { ownWords } from '../instruments/own-words.ts'
import { isObject } from '../target/connection.ts'
import { attempt } from '../target/startup.ts'
import { strayOf } from '../target/startup-failures.ts'
import { isPlatformVariable } from './settings-reads.ts'
import { opening } from './startup.ts'

/** How the server starts when nothing is set but what it asks for. */
export interface DefaultStart {
  /** The variables it asked for and was then given, each with its own sentence. */
  asked: { name: string; said: string }[]
  /** What came in the end; `needs-more` when only other variables of the audit's own environment make it start. */
  outcome: 'started' | 'silent' | 'needs-more'
  /** Its tools, when it answered `tools/list`. */
  tools: number | null
  /** The last that it said, and how it ended, when it did not start. */
  words: string
  code: number | null
  /** Variables that the audit was told to set and that were left out at first. */
  left: string[]
}

const platformOnly = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && isPlatformVariable(name) ? [[name, value]] : [],
    ),
  )

interface Attempt {
  tools: number | null
  started: boolean
  lines: string[]
  code: number | null
}

const startWith = async (
  target: Target,
  startup: Parameters<typeof attempt>[1],
  launch: Launch,
  environment?: Record<string, string>,
): Promise<Attempt> => {
  const changed = { ...target, server: { ...target.server, launch } } as Target
  const { connection, running } = await attempt(changed, startup, undefined, environment ? { environment } : {})
  if (connection) {
    const reply = await connection.request('tools/list', undefined, { timeout: 10_000 })
    const tools = reply.kind === 'result' && isObject(reply.result) ? reply.result['tools'] : null
    await running.process?.stop()
    return { tools: Array.isArray(tools) ? tools.length : null, started: true, lines: [], code: null }
  }
  await Promise.race([running.process?.exited, new Promise(resolve => setTimeout(resolve, 200))])
  const log = running.process?.log.lines.map(({ text }) => text) ?? []
  const { lines } = ownWords([...strayOf(running), ...log])
  const code = running.process?.exit?.code ?? null
  await running.process?.stop()
  return { tools: null, started: false, lines, code }
}

const isWord = (line: string, name: string): boolean =>
  line.includes(name) && new RegExp(`(?<!\\w)${name.replaceAll(/\W/g, '')}(?!\\w)`).test(line)

const rounds = 5

/** Starts the server with no variables but those of the system, then with those that it asks for by name. */
export const defaultStart = gatherer({
  id: 'default-start',
  impact: 'start',
  from: 'server',
  needs: { opening },
  gather: async (target, { opening }): Promise<DefaultStart | null> => {
    const launch = target.server?.launch
    if (!launch) return null
    const kept = Object.entries(launch.env).filter(([, value]) => value.includes('{port}'))
    const left = Object.fromEntries(Object.entries(launch.env).filter(([, value]) => !value.includes('{port}')))
    const own = Object.entries(process.env).filter(([name]) => !isPlatformVariable(name) && /^[A-Z]\w{2,}$/.test(name))
    const available: Record<string, string> = { ...(Object.fromEntries(own) as Record<string, string>), ...left }
    const given: Record<string, string> = {}
    const asked: DefaultStart['asked'] = []
    const result = { asked, words: '', code: null, left: Object.keys(left) }
    let last: Attempt | undefined
    for (let round = 0; round < rounds; round++) {
      const env = { ...Object.fromEntries(kept), ...given }
      last = await startWith(target, opening, { ...launch, env }, platformOnly())
      if (last.started) return { ...result, outcome: 'started', tools: last.tools }
      const { lines } = last
      const named = Object.keys(available).flatMap(name => {
        const said = lines.find(line => isWord(line, name))
        return said === undefined || name in given ? [] : [{ name, said: said.slice(0, 300) }]
      })
      if (named.length === 0) break
      asked.push(...named)
      for (const { name } of named) given[name] = available[name] ?? ''
    }
    const words = (last?.lines.at(-1) ?? '').slice(0, 300)
    const isSilent = last?.code === null && last.lines.length === 0
    if (isSilent && !(await startWith(target, opening, launch)).started)
      throw new Undecided('the server did not start again')
    const withShell = await startWith(target, opening, { ...launch, env: { ...Object.fromEntries(kept), ...given } })
    return {
      ...result,
      outcome: withShell.started ? 'needs-more' : 'silent',
      tools: null,
      words,
      code: last?.code ?? null,
    }
  },
})
