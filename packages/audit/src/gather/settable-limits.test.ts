import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import { pythonHandler, typescriptHandler } from '../testing/handlers.ts'
import type { Files } from '../testing/repositories.ts'
import { settableLimits } from './settable-limits.ts'

const look = async (files: Files): Promise<string[]> =>
  (await gathered(settableLimits, files)).map(({ by, limits }) => `${by}: ${limits.join(', ')}`)

const ts = ({
  body = 'await settings.setValue(args.key, args.value)',
  writes = 'this.config[key] = value',
  takes = '{ key: z.string(), value: z.unknown() }',
  limit = 'settings.config.allowedDirectories',
  more = '',
  files = {},
} = {}): Files =>
  typescriptHandler({
    files,
    before: `class Settings {
  config: Record<string, unknown> = {}
  async setValue(key: string, value: unknown) {
    ${writes}
  }
}
const settings = new Settings()
export const mayRead = (path: string) => ${limit}.some(each => path.startsWith(each))
const writable = new Set(['theme'])
${more}`,
    takes,
    body,
  })

describe('settings that a tool writes, in TypeScript', () => {
  it('finds limits among them', async () => {
    expect(await look(ts())).toEqual(['setValue: allowedDirectories'])
  })
  it('finds what the handler itself writes by a field of its arguments', async () => {
    const handler = (check: string): Files =>
      typescriptHandler({
        files: {},
        before:
          'const config: Record<string, unknown> = { allowedCommands: ["ls"] }\nexport const may = (c: string) => config.allowedCommands.includes(c)',
        takes: '{ key: z.string(), value: z.unknown() }',
        body: `const { key, value } = args\n${check}\nconfig[key] = value`,
      })
    expect(await look(handler(''))).toEqual(['a function: allowedCommands'])
    expect(await look(handler("if (!['theme'].includes(key)) throw new Error(key)"))).toEqual([])
  })
  it.each([
    [
      'a list in the tool',
      ts({ body: 'if (!writable.has(args.key)) throw new Error("no")\nawait settings.setValue(args.key, args.value)' }),
    ],
    [
      'a list where it is written',
      ts({ writes: 'if (!writable.has(key)) throw new Error("no")\n    this.config[key] = value' }),
    ],
    [
      'a refusal of the limit',
      ts({ writes: 'if (key === "allowedDirectories") throw new Error("no")\n    this.config[key] = value' }),
    ],
    ['a schema with a list', ts({ takes: '{ key: z.enum(["theme", "font"]), value: z.unknown() }' })],
    ['a fixed name', ts({ body: 'await settings.setValue("theme", args.value)' })],
    [
      'a schema with a list of another place',
      ts({ takes: '{ key: Key, value: z.unknown() }', more: 'const Key = z.enum(["theme", "font"])' }),
    ],
    ['a schema that asks', ts({ takes: '{ key: z.string().refine(one => writable.has(one)), value: z.unknown() }' })],
    [
      'a pattern',
      ts({
        body: 'if (!/^(theme|font)$/.test(args.key)) throw new Error("no")\nawait settings.setValue(args.key, args.value)',
      }),
    ],
    ['a table', ts({ writes: 'if (!open[key]) throw new Error("no")\n    this.config[key] = value' })],
    [
      'a beginning',
      ts({ writes: 'if (key.startsWith("allowed")) throw new Error("no")\n    this.config[key] = value' }),
    ],
    ['settings of another name', ts({ limit: 'serverSettings.allowedDirectories' })],
    [
      'settings of the same name that are others',
      ts({
        limit: 'allowedOf(args)',
        files: {
          'src/limits.ts':
            'import { readEnvironment } from "./environment.js"\nconst config = readEnvironment()\nexport const allowedOf = () => config.allowedDirectories',
        },
      }),
    ],
    ['settings that limit nothing', ts({ limit: 'settings.config.favourites' })],
  ])('says nothing about %s', async (_, files) => {
    expect(await look(files)).toEqual([])
  })
})

const py = ({
  body = 'settings.set_value(key, value)',
  takes = 'key: str, value: str',
  writes = 'self.config[key] = value',
  more = '',
} = {}): Files =>
  pythonHandler({
    before: `from enum import Enum
from typing import Annotated, Literal
from pydantic import Field
${more}

class Settings:
    def __init__(self):
        self.config = {}

    def set_value(self, key, value):
        ${writes}

settings = Settings()

def may_run(name):
    return name not in settings.config.blocked_commands
`,
    takes,
    body: `${body}\nreturn "done"`,
  })

describe('settings that a tool writes, in Python', () => {
  it('finds limits among them', async () => {
    expect(await look(py())).toEqual(['set_value: blocked_commands'])
  })
  it('finds setattr', async () => {
    expect(await look(py({ writes: 'setattr(self.config, key, value)' }))).toEqual(['set_value: blocked_commands'])
  })
  it.each([
    [
      'a list',
      py({ body: 'if key not in ("theme", "font"):\n    raise ValueError("no")\nsettings.set_value(key, value)' }),
    ],
    [
      'a type with a list of another place',
      py({ takes: 'key: Key, value: str', more: 'Key = Literal["theme", "font"]' }),
    ],
    ['an enumeration', py({ takes: 'key: Key, value: str', more: 'class Key(str, Enum):\n    THEME = "theme"' })],
    ['a type with a pattern', py({ takes: 'key: Annotated[str, Field(pattern="^(theme|font)$")], value: str' })],
    [
      'a table',
      py({ writes: 'if not OPEN[key]:\n            raise ValueError("no")\n        self.config[key] = value' }),
    ],
    ['a type with a list', py({ takes: 'key: Literal["theme", "font"], value: str' })],
    ['a fixed name', py({ body: 'settings.set_value("theme", value)' })],
  ])('says nothing about %s', async (_, files) => {
    expect(await look(files)).toEqual([])
  })
})
