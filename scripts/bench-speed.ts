import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Report } from '../packages/audit/src/api.ts'

/** Times `airworthy check` as a whole process, as a user runs it. */
const command = fileURLToPath(new URL('../packages/audit/bin/airworthy.js', import.meta.url))
const server = fileURLToPath(new URL('../fixtures/servers/typescript/dist/main.js', import.meta.url))
const { values } = parseArgs({ options: { format: { type: 'string', default: 'terminal' } } })
const aims = ['2 s, 300 MB', '12 s, 600 MB']
const sizes = [1000, 10_000]
/** The good server comes to its handshake after about 0.2 s; this makes it 0.4 s. */
const slowStart = `setTimeout(() => import(${JSON.stringify(server)}), 200)`

const typescriptTool = (number: number): string => `import { z } from 'zod'
import type { McpServer } from '@modelcontextprotocol/server'

export interface Order${number} {
  id: string
  customer: string
  lines: { article: string; count: number; price: number }[]
}

const total = (order: Order${number}): number =>
  order.lines.reduce((sum, { count, price }) => sum + count * price, 0)

export const load${number} = async (id: string): Promise<Order${number}> => {
  const response = await fetch(\`\${process.env['ORDERS_URL']}/orders/\${id}\`, { signal: AbortSignal.timeout(5000) })
  if (!response.ok) throw new Error(\`order \${id} could not be loaded: \${response.status}\`)
  return (await response.json()) as Order${number}
}

export const register${number} = (server: McpServer): void => {
  server.registerTool(
    'order_total_${number}',
    {
      description: 'Adds up the lines of one order. Use it to answer what an order costs.',
      inputSchema: z.object({ id: z.string().describe('The number of the order') }),
      annotations: { readOnlyHint: true },
    },
    async ({ id }) => {
      const order = await load${number}(id)
      return { content: [{ type: 'text', text: String(total(order)) }] }
    },
  )
}
`

const pythonTool = (number: number): string => `"""Orders of the branch ${number}."""

import os
from dataclasses import dataclass

import httpx
from fastmcp import FastMCP

mcp = FastMCP("orders-${number}")


@dataclass
class Line:
    article: str
    count: int
    price: float


async def load(identifier: str) -> list[Line]:
    base = os.environ["ORDERS_URL"]
    async with httpx.AsyncClient(timeout=5.0) as client:
        response = await client.get(f"{base}/orders/{identifier}")
        response.raise_for_status()
        return [Line(**line) for line in response.json()["lines"]]


@mcp.tool(annotations={"readOnlyHint": True})
async def order_total_${number}(identifier: str) -> float:
    """Adds up the lines of one order. Use it to answer what an order costs."""
    lines = await load(identifier)
    return sum(line.count * line.price for line in lines)
`

const typescriptModule = (number: number): string => `import { readFile } from 'node:fs/promises'
import type { Article } from './articles.js'

export interface Stock${number} {
  article: Article
  shelves: Map<string, number>
  counted: Date
}

/** How many pieces lie on all shelves together. */
export const pieces${number} = ({ shelves }: Stock${number}): number =>
  [...shelves.values()].reduce((sum, count) => sum + count, 0)

export class Warehouse${number} {
  readonly #stock = new Map<string, Stock${number}>()

  add(stock: Stock${number}): void {
    const known = this.#stock.get(stock.article.id)
    if (!known) {
      this.#stock.set(stock.article.id, stock)
      return
    }
    for (const [shelf, count] of stock.shelves) {
      known.shelves.set(shelf, (known.shelves.get(shelf) ?? 0) + count)
    }
    known.counted = stock.counted > known.counted ? stock.counted : known.counted
  }

  missing(wanted: Map<string, number>): string[] {
    return [...wanted.entries()]
      .filter(([id, count]) => {
        const stock = this.#stock.get(id)
        return stock === undefined || pieces${number}(stock) < count
      })
      .map(([id]) => id)
  }
}

export const loadStock${number} = async (file: string): Promise<Stock${number}[]> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Stock${number}[]
  } catch (error) {
    throw new Error(\`\${file} holds no stock\`, { cause: error })
  }
}
`

const pythonModule = (number: number): string => `"""Stock of the branch ${number}."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass
class Stock:
    article: str
    shelves: Counter[str] = field(default_factory=Counter)
    counted: datetime | None = None

    @property
    def pieces(self) -> int:
        """How many pieces lie on all shelves together."""
        return sum(self.shelves.values())


class Warehouse:
    def __init__(self) -> None:
        self._stock: dict[str, Stock] = {}

    def add(self, stock: Stock) -> None:
        known = self._stock.setdefault(stock.article, Stock(stock.article))
        known.shelves.update(stock.shelves)
        if stock.counted and (known.counted is None or stock.counted > known.counted):
            known.counted = stock.counted

    def missing(self, wanted: dict[str, int]) -> list[str]:
        return [
            article
            for article, count in wanted.items()
            if article not in self._stock or self._stock[article].pieces < count
        ]


def load_stock(path: Path) -> list[Stock]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RuntimeError(f"{path} holds no stock") from error
    return [Stock(row["article"], Counter(row["shelves"])) for row in rows]
`

/** One file in ten has a tool and asks another server, as in a large code base around an MCP server. */
const source = (number: number): [path: string, text: string] => {
  const isTool = number % 20 < 2
  return number % 2
    ? [`src/module${number}.ts`, (isTool ? typescriptTool : typescriptModule)(number)]
    : [`orders/module${number}.py`, (isTool ? pythonTool : pythonModule)(number)]
}

const plant = (sources: number): string => {
  const root = mkdtempSync(join(tmpdir(), 'airworthy-bench-'))
  mkdirSync(join(root, 'src'))
  mkdirSync(join(root, 'orders'))
  for (let number = 0; number < sources; number++) {
    const [path, text] = source(number)
    writeFileSync(join(root, path), text)
  }
  const manifest = { name: 'orders-mcp', version: '1.0.0', type: 'module', bin: { 'orders-mcp': 'dist/main.js' } }
  writeFileSync(join(root, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(root, 'README.md'), '# Orders\n')
  return root
}

interface Run {
  seconds: number
  maxRssMb: number
  report: Report
}

/** Peak resident memory as the kernel keeps it, read until the process is gone. */
const run = (args: string[]): Promise<Run> =>
  new Promise((resolve, reject) => {
    const folder = mkdtempSync(join(tmpdir(), 'airworthy-bench-'))
    const output = join(folder, 'report.json')
    const started = performance.now()
    const child = spawn(
      process.execPath,
      [command, 'check', '--gate', 'none', '--format', 'json', '--output', output, ...args],
      { stdio: 'ignore' },
    )
    let peak = 0
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
      } catch {
        // It has just ended, or the system has no /proc.
      }
    }, 10)
    child.once('exit', code => {
      clearInterval(watch)
      const seconds = (performance.now() - started) / 1000
      if (code !== 0) return reject(new Error(`airworthy check ended with ${code}`))
      const report = JSON.parse(readFileSync(output, 'utf8')) as Report
      rmSync(folder, { recursive: true })
      resolve({ seconds, maxRssMb: peak / 1024, report })
    })
  })

interface Figures {
  read: { files: number; seconds: number; maxRssMb: number }[]
  call: { seconds: number; waitingSeconds: number; maxRssMb: number }
}

const round = (value: number): number => Math.round(value * 100) / 100

/** The median of three, after one that warms the file cache. */
const median = async (args: string[]): Promise<Run> => {
  await run(args)
  const runs = [await run(args), await run(args), await run(args)]
  const [, middle] = runs.toSorted((a, b) => a.seconds - b.seconds)
  if (!middle) throw new Error('no run')
  return middle
}

const readOf = async (files: number): Promise<Figures['read'][number]> => {
  const root = plant(files)
  const { seconds, maxRssMb } = await median([root])
  rmSync(root, { recursive: true })
  return { files, seconds: round(seconds), maxRssMb: Math.round(maxRssMb) }
}

const read = []
for (const size of sizes) read.push(await readOf(size))
const call = await median(['--', process.execPath, '-e', slowStart])
const figures: Figures = {
  read,
  call: {
    seconds: round(call.seconds),
    waitingSeconds: round(call.report.run.waitingSeconds),
    maxRssMb: Math.round(call.maxRssMb),
  },
}

if (values.format === 'json') process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
else {
  const { call, read } = figures
  const share = Math.round((call.waitingSeconds / call.seconds) * 100)
  const lines = [
    ...read.map(
      ({ files, seconds, maxRssMb }, index) =>
        `read  ${String(files).padStart(5)} source files  ${seconds.toFixed(2)} s   ${maxRssMb} MB at most   (aim: ${aims[index]})`,
    ),
    `call  a server of 0.4 s    ${call.seconds.toFixed(2)} s   ${call.maxRssMb} MB at most   (aim: 12 s, 300 MB)`,
    `      of it ${call.waitingSeconds.toFixed(2)} s (${share} %) waiting for the server`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
