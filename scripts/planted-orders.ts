import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

/** A repository of the size; its folder. */
export const plant = (sources: number): string => {
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
