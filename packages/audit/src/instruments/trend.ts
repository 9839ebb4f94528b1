import { drift, mannKendall, median, pairSlopes, persistence, quantile, upperTail } from './kendall.ts'

export interface Observation {
  value: number
  /** Milliseconds since some beginning, ascending. */
  ms: number
  /** Requests answered by then. */
  calls: number
}

export interface Slope {
  estimate: number
  /** The true slope lies above `low`, and below `high`, each with the confidence asked for. */
  low: number
  high: number
}

export interface Trend {
  answer: 'rising' | 'level' | 'undecided'
  /** Why it is undecided, or what the answer rests on. */
  because: string
  /** The chance that an answer `rising` is wrong is at most 1 less this. */
  confidence: number
  /** The chance of such a rise where there is none. */
  chance: number
  samples: number
  /** Null where no requests were counted. */
  perCall: Slope | null
  perSecond: Slope | null
  /** Of the value over the whole series at this slope. */
  growth: number
}

export interface TrendOptions {
  /** Between 0.5 and 1; 0.99 unless told. */
  confidence?: number
  /** Growth over the whole series that does not matter; 5 % of the value unless told. */
  negligible?: number
  /** How many samples are needed, 100 unless told: fewer where each is free of what a collector has not taken yet. */
  fewest?: number
}

const usualFewest = 100
const fewestBlocks = 10
const mostBlocks = 24
const perBlock = 4
/** The part of a series that is taken for its warm-up, at least and at most. */
const shortCut = 0.25
const longCut = 0.5
const clearlyBetter = 0.9
const wandering = 0.5

/** The lowest of each stretch: what a garbage collector or a cache gives back is not counted as growth. */
const floorsOf = (series: readonly Observation[]): Observation[] => {
  const count = Math.min(mostBlocks, Math.max(fewestBlocks, Math.floor(series.length / perBlock)))
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * series.length) / count)
    const block = series.slice(from, Math.floor(((index + 1) * series.length) / count))
    return block.reduce((lowest, one) => (one.value < lowest.value ? one : lowest))
  })
}

interface Part {
  floors: Observation[]
  /** Standard deviations above no trend. */
  z: number
  deviation: number
}

const partOf = (floors: Observation[]): Part => {
  const values = floors.map(({ value }) => value)
  const { sum, variance } = mannKendall(values)
  const xs = floors.map(({ ms }) => ms)
  const steady = median(pairSlopes(xs, values))
  const r = persistence(floors.map(({ value, ms }) => value - steady * ms))
  // Values that cling to those before them count for fewer: a wandering series looks like a trend.
  const deviation = Math.sqrt((variance * (1 + r)) / (1 - r))
  const above = (by: number): number => (by === 0 ? 0 : (sum - Math.sign(sum)) / by)
  // Where they cling so much that it may be a walk, a rise has to outrun the sum of a walk's steps.
  const z = r < wandering ? above(deviation) : Math.min(above(Math.sqrt(variance)), drift(values))
  return { floors, deviation, z }
}

const slopeOf = ({ floors, deviation }: Part, place: 'ms' | 'calls', z: number): Slope | null => {
  const slopes = pairSlopes(
    floors.map(one => one[place]),
    floors.map(({ value }) => value),
  )
  if (slopes.length === 0) return null
  const off = z * deviation
  const at = (index: number): number => slopes[Math.min(slopes.length - 1, Math.max(0, index))] ?? 0
  return {
    estimate: median(slopes),
    low: at(Math.floor((slopes.length - off) / 2) - 1),
    high: at(Math.ceil((slopes.length + off) / 2)),
  }
}

/** The sum of squares that is left when `values` are fitted by a shape, scaled and shifted. */
const misfit = (values: readonly number[], shape: readonly number[]): number => {
  const mean = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0) / of.length
  const [middle, centre] = [mean(values), mean(shape)]
  const along = shape.reduce((total, one, at) => total + (one - centre) * ((values[at] ?? 0) - middle), 0)
  const width = shape.reduce((total, one) => total + (one - centre) ** 2, 0)
  const slope = width === 0 ? 0 : along / width
  return values.reduce((total, value, at) => total + (value - middle - slope * ((shape[at] ?? 0) - centre)) ** 2, 0)
}

/** Why a significant rise is none that goes on; null when a line tells it about as well as any other shape. */
const passing = ({ floors }: Part): string | null => {
  const values = floors.map(({ value }) => value)
  const places = values.map((_, at) => at / values.length)
  const line = misfit(values, places)
  const fitsBetter = (shape: number[]): boolean => misfit(values, shape) < line * clearlyBetter
  if (places.some(step => fitsBetter(places.map(place => Number(place >= step))))) return 'it rose in one step'
  const slows = [0.1, 0.2, 0.4].some(scale => fitsBetter(places.map(place => 1 - Math.exp(-place / scale))))
  return slows ? 'it rose ever more slowly' : null
}

/**
 * Whether a series goes on rising: Mann-Kendall on its floors, Theil-Sen for the slope, after the warm-up. `rising` and
 * `level` both have to be shown with the confidence asked for; all else is `undecided`.
 */
export const trendOf = (series: readonly Observation[], options: TrendOptions = {}): Trend => {
  const { confidence = 0.99, fewest = usualFewest } = options
  const counted = series.slice(Math.floor(series.length * shortCut))
  const none = { confidence, samples: counted.length, chance: 1, perCall: null, perSecond: null, growth: 0 }
  if (series.length < fewest)
    return { ...none, answer: 'undecided', because: `${series.length} samples are too few, ${fewest} are needed` }
  const z = quantile(1 - confidence)
  const early = partOf(floorsOf(counted))
  const late = partOf(floorsOf(series.slice(Math.floor(series.length * longCut))))
  const extent = (series.at(-1)?.ms ?? 0) - (series[0]?.ms ?? 0)
  const middle = median(early.floors.map(({ value }) => value).toSorted((a, b) => a - b))
  const negligible = options.negligible ?? Math.abs(middle) * 0.05
  const perMs = slopeOf(early, 'ms', z)
  const growth = (perMs?.estimate ?? 0) * extent
  const perSecond = perMs && {
    estimate: perMs.estimate * 1000,
    low: perMs.low * 1000,
    high: perMs.high * 1000,
  }
  const chance = upperTail(Math.min(early.z, late.z))
  const found = { ...none, chance, perCall: slopeOf(early, 'calls', z), perSecond, growth }
  const isLevel = (part: Part): boolean => (slopeOf(part, 'ms', z)?.high ?? Infinity) * extent <= negligible
  if (isLevel(late)) return { ...found, answer: 'level', because: 'any growth is too small to matter' }
  if (early.z < z || late.z < z) {
    if (isLevel(early) && late.z < z) return { ...found, answer: 'level', because: 'any growth is too small to matter' }
    return { ...found, answer: 'undecided', because: 'it neither rises clearly nor stays clearly level' }
  }
  if (growth <= negligible) return { ...found, answer: 'undecided', because: 'it rises by hardly anything' }
  const pause = passing(early)
  if (pause) return { ...found, answer: 'undecided', because: pause }
  return { ...found, answer: 'rising', because: 'it rises in its first and in its second half' }
}
