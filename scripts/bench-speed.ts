import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Report } from '../packages/audit/src/api.ts'
import { plant } from './planted-orders.ts'

/**
 * Times `airworthy check` as a whole process, as a user runs it, and prints each figure as soon as it is there.
 * `--only read,call,call-http,stress,stress-http` and `--sizes 1000,10000` choose, `--runs 3` takes the median of several.
 */
const command = fileURLToPath(new URL('../packages/audit/bin/airworthy.js', import.meta.url))
const server = fileURLToPath(new URL('../fixtures/servers/typescript/dist/main.js', import.meta.url))
const { values } = parseArgs({
  options: {
    format: { type: 'string', default: 'terminal' },
    only: { type: 'string', default: 'read,call' },
    sizes: { type: 'string', default: '100,1000,10000' },
    runs: { type: 'string', default: '1' },
  },
})
const sizes = values.sizes.split(',').map(Number)
const runs = Number(values.runs)
const parts = values.only.split(',')
const aims: Record<string, string> = {
  'read 1000': '2 s',
  'read 10000': '12 s, 600 MB',
  call: '15 s, 400 MB',
  stress: '90 s, 400 MB',
  'call-http': '15 s, 400 MB',
  'stress-http': '90 s, 400 MB',
}
const deadlineMs = 240_000
/** The good server comes to its handshake after about 0.2 s; this makes it 0.4 s. */
const slowStart = `setTimeout(() => import(${JSON.stringify(server)}), 200)`
const key = 'a-key-for-benchmarks'
/** The same server over Streamable HTTP; `-e` takes the place of the file in its own arguments. */
const overHttp = [
  '--url',
  'http://127.0.0.1:{port}/mcp',
  `--header=Authorization: Bearer ${key}`,
  `--env=NOTES_API_KEY=${key}`,
  '--',
  process.execPath,
  '-e',
  `process.argv.splice(1, 0, ''); ${slowStart}`,
  '--',
  '--http',
  '--port',
  '{port}',
]

interface Run {
  seconds: number
  /** Processor time of the audit and all it started, user and system. */
  cpuSeconds: number
  /** Of the process of the audit, as the kernel keeps it; null where there is no /proc. */
  maxRssMb: number
  report?: Report
}

/** Ticks are hundredths of a second wherever Node runs on Linux. */
const figuresOf = (pid: number | undefined): { peak: number; ticks: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return {
    peak: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0),
    ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0),
  }
}

const runNode = (args: string[], input: 'ignore' | 'pipe' = 'ignore'): Promise<Run> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(process.execPath, args, { stdio: [input, 'ignore', 'ignore'], timeout: deadlineMs })
    child.stdin?.end()
    let [peak, ticks] = [0, 0]
    const watch = setInterval(() => {
      try {
        const now = figuresOf(child.pid)
        peak = Math.max(peak, now.peak)
        ticks = Math.max(ticks, now.ticks)
      } catch {
        // It has just ended, or the system has no /proc.
      }
    }, 10)
    child.once('exit', (code, signal) => {
      clearInterval(watch)
      const seconds = (performance.now() - started) / 1000
      if (code !== 0) return reject(new Error(`ended with ${code ?? signal} after ${Math.round(seconds)} s`))
      resolve({ seconds, cpuSeconds: ticks / 100, maxRssMb: peak / 1024 })
    })
  })

const check = async (args: string[]): Promise<Run & { report: Report }> => {
  const folder = mkdtempSync(join(tmpdir(), 'airworthy-bench-'))
  try {
    const output = join(folder, 'report.json')
    const run = await runNode([command, 'check', '--gate', 'none', '--format', 'json', '--output', output, ...args])
    return { ...run, report: JSON.parse(readFileSync(output, 'utf8')) as Report }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The one whose processor time is in the middle: on a busy machine that of a clock says little. */
const median = async <R extends Run>(measure: () => Promise<R>): Promise<R> => {
  const measured: R[] = []
  for (let count = 0; count < runs; count++) measured.push(await measure())
  const middle = measured.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[Math.floor((runs - 1) / 2)]
  if (!middle) throw new Error('no run')
  return middle
}

interface Figures {
  what: string
  seconds: number
  cpuSeconds: number
  maxRssMb: number
  /** Processor time as a multiple of something measured in the same run. */
  ratio: { of: string; times: number } | null
  waitingSeconds?: number
  processes?: number
}

const round = (value: number): number => Math.round(value * 100) / 100
const figures: Figures[] = []

const tell = (figure: Figures): void => {
  figures.push(figure)
  if (values.format === 'json') return
  const { what, seconds, cpuSeconds, maxRssMb, ratio, waitingSeconds, processes } = figure
  const aim = aims[what]
  const words = [
    what.padEnd(12),
    `${seconds.toFixed(2)} s`.padStart(9),
    `${cpuSeconds.toFixed(2)} s of processors`.padStart(22),
    `${maxRssMb} MB`.padStart(8),
    ...(ratio ? [`${ratio.times} × ${ratio.of}`] : []),
    ...(waitingSeconds === undefined ? [] : [`${waitingSeconds.toFixed(2)} s waiting for ${processes} starts`]),
    ...(aim ? [`(aim: ${aim})`] : []),
  ]
  process.stdout.write(`${words.join('  ')}\n`)
}

const measured = ({ seconds, cpuSeconds, maxRssMb }: Run) => ({
  seconds: round(seconds),
  cpuSeconds: round(cpuSeconds),
  maxRssMb: Math.round(maxRssMb),
})

if (parts.includes('read')) {
  let before: { size: number; cpuSeconds: number } | undefined
  for (const size of sizes) {
    const root = plant(size)
    try {
      const run = await median(() => check([root]))
      const ratio = before && {
        of: `that of ${before.size} files`,
        times: round(run.cpuSeconds / before.cpuSeconds),
      }
      tell({ what: `read ${size}`, ...measured(run), ratio: ratio ?? null })
      before = { size, cpuSeconds: run.cpuSeconds }
    } finally {
      rmSync(root, { recursive: true })
    }
  }
}

/** By part: what it does to the server, and over what. */
const live: Record<string, { impact: string; args: string[] } | undefined> = Object.fromEntries(
  ['call', 'stress'].flatMap(impact => [
    [impact, { impact, args: ['--', process.execPath, '-e', slowStart] }],
    [`${impact}-http`, { impact, args: overHttp }],
  ]),
)

const wanted = parts.flatMap(part => (live[part] ? [{ part, ...live[part] }] : []))
if (wanted.length > 0) {
  const start = await median(() => runNode(['-e', slowStart], 'pipe'))
  tell({ what: 'start', ...measured(start), ratio: null })
  for (const { part, impact, args } of wanted) {
    const run = await median(() => check(['--impact', impact, ...args]))
    const { waitingSeconds, processes } = run.report.run
    const ratio = { of: 'a start', times: round(run.cpuSeconds / start.cpuSeconds) }
    tell({ what: part, ...measured(run), ratio, waitingSeconds: round(waitingSeconds), processes })
  }
}

if (values.format === 'json') process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
