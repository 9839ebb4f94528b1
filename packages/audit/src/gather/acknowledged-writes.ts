import { randomBytes } from 'node:crypto'
import { gatherer, Undecided } from '../core/item.ts'
import type { DeclaredCall, DeclaredState } from '../core/target.ts'
import { cut, inScratch, isOwn, takesToken, withToken } from '../instruments/kept-data.ts'
import { describeReply, isObject, type Connection, type Reply } from '../target/connection.ts'
import { canRunSideBySide } from '../target/run.ts'
import { reopen } from '../target/reopen.ts'
import { connectAnew } from './anew.ts'
import { opening } from './startup.ts'
import { succeeded } from './trials.ts'

/** Writes that were acknowledged, and those among them that a reader does not find. */
export interface Kept {
  situation: string
  acknowledged: number
  lost: number
}

export interface AcknowledgedWrites {
  write: string
  read: string
  kept: Kept[]
  /** A text that a careless writer changes: what was acknowledged, and whether it is read back as it was. */
  special: { text: string; intact: boolean } | null
  /** After the data file had lost its end. */
  cut: { file: string; before: number; after: number; serves: boolean; saw: string } | null
  /** What was not tried, and why. */
  untried: string[]
}

/** What decides this in airworthy.json. */
export const declareState =
  'declare a tool that writes and one that shows it as "state": { "write": …, "read": … } in airworthy.json'

const writes = 40
const answerMs = 15_000
const troublesome = '$& $$1 \'"%s\\n\\ {0} é 漢'

const call = (connection: Connection, declared: DeclaredCall, token: string): Promise<Reply> =>
  connection.request('tools/call', withToken(declared, token), { timeout: answerMs })

/** All texts of a reply, however they are wrapped. */
const said = (reply: Reply): string => {
  if (reply.kind !== 'result') return ''
  const content = Array.isArray(reply.result['content']) ? (reply.result['content'] as unknown[]) : []
  const texts = content.flatMap(part => (isObject(part) && typeof part['text'] === 'string' ? [part['text']] : []))
  return `${texts.join('\n')}\n${JSON.stringify(reply.result['structuredContent'] ?? '')}`
}

const contains = (text: string, token: string): boolean =>
  text.includes(token) || text.includes(JSON.stringify(token).slice(1, -1))

export interface Pair {
  write: DeclaredCall
  read: DeclaredCall
}

export const writeAll = async (connections: Connection[], { write }: Pair, tokens: string[]): Promise<string[]> => {
  const replies = await Promise.all(
    tokens.map((token, index) => {
      const connection = connections[index % connections.length]
      return connection ? call(connection, write, token) : Promise.reject(new Error('no connection'))
    }),
  )
  return tokens.filter((_, index) => replies[index] && succeeded(replies[index]))
}

export const findAll = async (connection: Connection, { read }: Pair, tokens: string[]): Promise<string[]> => {
  if (!takesToken(read)) {
    const text = said(await call(connection, read, ''))
    return tokens.filter(token => contains(text, token))
  }
  const replies = await Promise.all(tokens.map(token => call(connection, read, token)))
  return tokens.filter((token, index) => replies[index] && contains(said(replies[index]), token))
}

export const freshTokens = (count: number): string[] => {
  const run = randomBytes(3).toString('hex')
  return Array.from({ length: count }, (_, index) => `airworthy${run}n${String(index).padStart(3, '0')}x`)
}

const declaredPair = (state: DeclaredState | undefined): Pair => {
  if (!state?.write || !state.read) throw new Undecided(declareState)
  return { write: state.write, read: state.read }
}

/** What a writing tool acknowledged, looked for afterwards: after parallel calls, from two processes, after a restart. */
export const acknowledgedWrites = gatherer({
  id: 'acknowledged-writes',
  impact: 'call',
  from: 'server',
  lasts: 4,
  deadline: 120_000,
  needs: { opening },
  gather: async (target, { opening }): Promise<AcknowledgedWrites> => {
    const pair = declaredPair(target.settings.state)
    const { env = {}, file } = await inScratch(target, target.settings.state ?? {})
    const start = (): Promise<Connection> => connectAnew(target, opening, { env })
    const kept: Kept[] = []
    const untried: string[] = []
    const first = await start()
    const look = async (situation: string, reader: Connection, acknowledged: string[]): Promise<void> => {
      const found = await findAll(reader, pair, acknowledged)
      kept.push({ situation, acknowledged: acknowledged.length, lost: acknowledged.length - found.length })
    }
    const alone = await writeAll([first], pair, freshTokens(1))
    if (alone.length === 0)
      throw new Undecided(
        `the declared write was refused: ${describeReply(await call(first, pair.write, 'airworthy'))}`,
      )
    if ((await findAll(first, pair, alone)).length === 0)
      throw new Undecided(`the declared read of ${pair.read.tool} does not show what a single ${pair.write.tool} wrote`)
    const all = [...alone, ...(await writeAll([first], pair, freshTokens(writes)))]
    await look(`${writes} parallel calls`, first, all)

    let reader = first
    if (file === undefined) untried.push('two processes and a restart: no data file is declared as state.file')
    else if (!target.server?.launch || !canRunSideBySide(target))
      untried.push('two processes: they cannot run side by side')
    else {
      const second = await start()
      // In two rounds: a process that holds its own idea of the data loses something whichever of them is the faster.
      for (const tokens of [freshTokens(writes / 2), freshTokens(writes / 2)])
        all.push(...(await writeAll([first, second], pair, tokens)))
      await Promise.all([first.process?.stop(), second.process?.stop()])
      reader = await start()
      await look('parallel calls to two processes, and a restart', reader, all)
    }

    const intended = `airworthy ${troublesome} end`
    const takes = await writeAll([reader], pair, [intended])
    const special =
      takes.length === 0 || takesToken(pair.read)
        ? null
        : { text: intended, intact: (await findAll(reader, pair, [intended])).length > 0 }
    await reader.process?.stop()

    const cutOff = file !== undefined && isOwn(target, file) ? await cut(file) : null
    if (file !== undefined && !cutOff)
      untried.push('a data file without its end: it is not in {scratch}, or nothing was written to it')
    let afterCut: AcknowledgedWrites['cut'] = null
    if (cutOff && file !== undefined) {
      const again = await reopen(target, opening, undefined, { env })
      const reply = again ? await call(again, pair.read, 'airworthy') : null
      const serves = reply !== null && reply.kind !== 'lost'
      const saw = reply ? describeReply(reply) : 'it did not come to its handshake'
      afterCut = { file, ...cutOff, serves, saw }
      await again?.process?.stop()
    }
    return { write: pair.write.tool, read: pair.read.tool, kept, special, cut: afterCut, untried }
  },
})
