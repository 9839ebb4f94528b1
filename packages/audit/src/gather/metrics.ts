import { gatherer, Undecided } from '../core/item.ts'
import { readExposition, type Exposition, type Sample } from '../instruments/prometheus.ts'
import { exchange } from '../target/exchange.ts'
import { atPath, endpointOf } from '../target/web.ts'
import { connectAnew } from './anew.ts'
import { opening } from './startup.ts'
import { trials } from './trials.ts'

export interface Moved {
  name: string
  labels: Record<string, string>
  by: number
}

export interface Metrics {
  /** The path that served an exposition; null when none did. */
  path: string | null
  asked: string[]
  faults: string[]
  samples: number
  /** The names of all samples. */
  names: string[]
  /** The tool that was called, and how often; null when none could be. */
  tool: string | null
  calls: number
  /** What moved with the good calls, and what with the failing ones. */
  moved: Moved[]
  movedByFailure: Moved[]
  /** Whether the name of a tool that does not exist became a label value. */
  unboundedLabel: Sample | null
  types: Record<string, string>
}

const goodCalls = 5
const noTool = 'airworthy-no-such-tool'
const places = ['/metrics', '/api/metrics', '/prometheus', '/actuator/prometheus']

const scrape = async (url: string): Promise<Exposition | null> => {
  const answer = await exchange(url, { method: 'GET', timeout: 4000 })
  if (answer.outcome !== 'answered' || answer.status !== 200) return null
  const exposition = readExposition(answer.text)
  return exposition.samples.length > 0 && exposition.samples.length >= exposition.faults.length ? exposition : null
}

const keyOf = ({ name, labels }: Sample): string =>
  `${name}${JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => a.localeCompare(b)))}`

const difference = (before: Exposition, after: Exposition): Moved[] => {
  const old = new Map(before.samples.map(sample => [keyOf(sample), sample.value]))
  return after.samples
    .map(sample => ({ name: sample.name, labels: sample.labels, by: sample.value - (old.get(keyOf(sample)) ?? 0) }))
    .filter(({ by }) => by > 0)
}

/** What the metrics endpoint exposes, and what moves there with good and with failing calls. */
export const metrics = gatherer({
  id: 'metrics',
  impact: 'call',
  from: 'server',
  borrows: 'gentle',
  needs: { opening, trials },
  gather: async (target, { opening, trials }): Promise<Metrics> => {
    if (target.server?.transport !== 'http') throw new Undecided('metrics are fetched over HTTP')
    const connection = await connectAnew(target, opening)
    const url = endpointOf(connection)
    const asked = target.settings.paths?.metrics ? [target.settings.paths.metrics] : places
    const nothing: Metrics = {
      path: null,
      asked,
      faults: [],
      samples: 0,
      names: [],
      tool: null,
      calls: 0,
      moved: [],
      movedByFailure: [],
      unboundedLabel: null,
      types: {},
    }
    let path: string | null = null
    let before: Exposition | null = null
    for (const place of asked) {
      before = await scrape(atPath(url, place))
      if (before) path = place
      if (before) break
    }
    if (!path || !before) return nothing
    const from = atPath(url, path)
    const quick = trials.good.toSorted((a, b) => a.reply.ms - b.reply.ms)
    const trial = quick.find(({ tool }) => (tool.inputSchema['required'] as unknown[] | undefined)?.length) ?? quick[0]
    const call = (name: string, given: object) => connection.request('tools/call', { name, arguments: given })
    if (trial) for (let count = 0; count < goodCalls; count++) await call(trial.tool.name, trial.arguments)
    const after = (await scrape(from)) ?? before
    if (trial) await call(trial.tool.name, { airworthy: ['not', 'an', 'argument'] })
    await call(noTool, {})
    const atEnd = (await scrape(from)) ?? after
    await connection.close()
    return {
      path,
      asked,
      faults: atEnd.faults,
      samples: atEnd.samples.length,
      names: [...new Set(atEnd.samples.map(({ name }) => name))],
      tool: trial?.tool.name ?? null,
      calls: goodCalls,
      moved: difference(before, after),
      movedByFailure: difference(after, atEnd),
      unboundedLabel: atEnd.samples.find(({ labels }) => Object.values(labels).includes(noTool)) ?? null,
      types: atEnd.types,
    }
  },
})
