/** The Mann-Kendall sum: pairs that rise less pairs that fall, with its variance under no trend, ties counted. */
export const mannKendall = (values: readonly number[]): { sum: number; variance: number } => {
  const n = values.length
  let sum = 0
  for (let at = 1; at < n; at++)
    for (let before = 0; before < at; before++) sum += Math.sign((values[at] ?? 0) - (values[before] ?? 0))
  const groups = new Map<number, number>()
  for (const value of values) groups.set(value, (groups.get(value) ?? 0) + 1)
  const weight = (size: number): number => size * (size - 1) * (2 * size + 5)
  const tied = [...groups.values()].reduce((total, size) => total + weight(size), 0)
  return { sum, variance: (weight(n) - tied) / 18 }
}

/** The slopes between all pairs of points, ascending; pairs at the same place are left out. */
export const pairSlopes = (xs: readonly number[], ys: readonly number[]): number[] =>
  ys
    .flatMap((y, at) =>
      ys.slice(0, at).flatMap((earlier, before) => {
        const width = (xs[at] ?? 0) - (xs[before] ?? 0)
        return width === 0 ? [] : (y - earlier) / width
      }),
    )
    .toSorted((a, b) => a - b)

export const median = (sorted: readonly number[]): number => {
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

/** How strongly each value goes with the one before it, corrected for the bias of short series without trend; 0 to 0.95. */
export const persistence = (values: readonly number[]): number => {
  const n = values.length
  const mean = values.reduce((total, value) => total + value, 0) / n
  const off = values.map(value => value - mean)
  const whole = off.reduce((total, value) => total + value * value, 0)
  if (whole === 0 || n < 6) return 0
  const lagged = off.slice(1).reduce((total, value, at) => total + value * (off[at] ?? 0), 0)
  return Math.min(0.95, Math.max(0, ((n * lagged) / whole + 2) / (n - 4)))
}

/** The probability that a standard normal value is larger (Abramowitz and Stegun 26.2.17, good to 1e-7). */
export const upperTail = (z: number): number => {
  if (z < 0) return 1 - upperTail(-z)
  const t = 1 / (1 + 0.231_641_9 * z)
  const series =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
}

/** The value that a standard normal one exceeds with this probability. */
export const quantile = (probability: number): number => {
  let low = -8
  let high = 8
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2
    if (upperTail(middle) > probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * How far the mean of the steps between values lies above zero, in standard deviations of a normal one: what a walk
 * without direction, whose steps add up, reaches only by chance.
 */
export const drift = (values: readonly number[]): number => {
  const steps = values.slice(1).map((value, at) => value - (values[at] ?? 0))
  const mean = steps.reduce((total, step) => total + step, 0) / steps.length
  const freedom = steps.length - 1
  const spread = Math.sqrt(steps.reduce((total, step) => total + (step - mean) ** 2, 0) / freedom)
  if (freedom < 1 || spread === 0) return 0
  const t = (mean / spread) * Math.sqrt(steps.length)
  // Student's t as a normal value (Wallace's approximation, slightly too small).
  return Math.sign(t) * Math.sqrt(freedom * Math.log1p((t * t) / freedom)) * (1 - 1 / (4 * freedom))
}
