import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import { settingsReads } from './settings-reads.ts'
import { kindOfType } from './setting-kinds.ts'

const kinds = async (path: string, source: string): Promise<Record<string, string | undefined>> => {
  const { variables } = await gathered(settingsReads, {
    'package.json': '{ "name": "notes", "bin": { "notes": "src/index.js" } }',
    'pyproject.toml': '[project]\nname = "notes"\nversion = "1.0.0"\n',
    [path]: source,
  })
  return Object.fromEntries(variables.map(({ name, kind }) => [name, kind]))
}

describe('setting kinds', () => {
  it('of TypeScript', async () => {
    const source = `
      import { z } from 'zod'
      const limit = Number(process.env.NOTES_LIMIT ?? 5)
      const depth = parseInt(process.env.NOTES_DEPTH || '3', 10)
      const most = +process.env.NOTES_MOST!
      const api = new URL(process.env.NOTES_API ?? 'https://example.com')
      const name = process.env.NOTES_NAME ?? 'notes'
      const both = Math.max(Number(limit), process.env.NOTES_BOTH)
      const numberOf = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
      const wait = numberOf('NOTES_WAIT', 5)
      const Schema = z.object({ NOTES_PAGE: z.coerce.number().int(), NOTES_HOOK: z.string().url(), NOTES_TEXT: z.string() })
      const all = Schema.parse(process.env)
    `
    expect(await kinds('src/index.ts', source)).toEqual({
      NOTES_LIMIT: 'number',
      NOTES_DEPTH: 'number',
      NOTES_MOST: 'number',
      NOTES_API: 'url',
      NOTES_NAME: undefined,
      NOTES_BOTH: undefined,
      NOTES_WAIT: 'number',
      NOTES_PAGE: 'number',
      NOTES_HOOK: 'url',
      NOTES_TEXT: undefined,
    })
  })

  it('of Python', async () => {
    const source = `
import os
from pydantic import HttpUrl
from pydantic_settings import BaseSettings

limit = int(os.environ.get("NOTES_LIMIT", "5"))
wait = float(os.getenv("NOTES_WAIT") or 3)
name = os.environ.get("NOTES_NAME", "notes")
flag = len(os.environ["NOTES_FLAG"])

class Settings(BaseSettings):
    notes_page: int = 5
    notes_hook: HttpUrl | None = None
    notes_text: str = ""
`
    expect(await kinds('notes/server.py', source)).toEqual({
      NOTES_LIMIT: 'number',
      NOTES_WAIT: 'number',
      NOTES_NAME: undefined,
      NOTES_FLAG: undefined,
      NOTES_PAGE: 'number',
      NOTES_HOOK: 'url',
      NOTES_TEXT: undefined,
    })
  })

  it.each([
    ['Optional[int]', 'number'],
    ['Annotated[int, Field(gt=0)]', 'number'],
    ['int | None', 'number'],
    ['int | str', undefined],
    ['list[int]', undefined],
    ['PostgresDsn', 'url'],
  ])('of the type %s', (type, kind) => {
    expect(kindOfType(type)).toBe(kind)
  })
})
