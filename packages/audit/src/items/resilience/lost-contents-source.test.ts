import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import durableWrites from './durable-writes.ts'

const status = async (files: Files): Promise<string | undefined> =>
  (await judgeFiles(durableWrites, files)).verdicts.findLast(({ proof }) => proof === 'repository')?.status

const py = (failed: string, write = 'json.dump(full, f)'): Files =>
  pythonHandler({
    before: `import json, os, shutil\nFILE = "settings.json"`,
    takes: 'text: str',
    body: `full = {}
if os.path.exists(FILE):
    try:
        with open(FILE) as f:
            full = json.load(f)
    ${failed.replaceAll('\n', '\n    ')}
full["text"] = text
with open(FILE, "w") as f:
    ${write}
return "ok"`,
  })
const loaded = (failed: string): Files =>
  pythonHandler({
    before: `import json
FILE = "settings.json"
def load():
    try:
        with open(FILE) as f:
            return json.load(f)
    ${failed}
def save(data):
    with open(FILE, "w") as f:
        json.dump(data, f)`,
    takes: 'text: str',
    body: 'data = load()\ndata["text"] = text\nsave(data)\nreturn "ok"',
  })
const ts = (failed: string, then = '', name = 'file'): Files =>
  typescriptHandler({
    before: `import fs from 'node:fs/promises'\nconst ${name} = 'settings.json'`,
    takes: '{ text: z.string() }',
    body: `let all = {}
try {
  all = JSON.parse(await fs.readFile(${name}, 'utf8'))
} ${failed}
${then}
all.text = args.text
await fs.writeFile(${name}, JSON.stringify(all))`,
  })
const tsLoaded = (failed: string): Files =>
  typescriptHandler({
    before: `import fs from 'node:fs/promises'
const load = async () => {
  try {
    return JSON.parse(await fs.readFile('settings.json', 'utf8'))
  } ${failed}
}
const save = async all => { await fs.writeFile('settings.json', JSON.stringify(all)) }`,
    takes: '{ text: z.string() }',
    body: 'const all = await load()\nall.text = args.text\nawait save(all)',
  })

describe('durable-writes of a file that could not be read', () => {
  it.each<[string, Files]>([
    ['what failed is passed over', py('except Exception:\n    pass')],
    ['by an error of its content', py('except (OSError, json.JSONDecodeError):\n    full = {}')],
    ['by a bare except', py('except:\n    print("no")')],
    ['put together before', py('except ValueError:\n    pass', 'f.write(json.dumps(full))')],
    ['in a function that reads', loaded('except Exception:\n        return {}')],
    ['in TypeScript', ts('catch {}')],
    ['in TypeScript, with a line in the log', ts('catch (error) { console.error(error) }')],
    ['in a function that reads in TypeScript', tsLoaded('catch { return {} }')],
  ])('fails where it is written over: %s', async (_, files) => {
    expect(await status(files)).toBe('fail')
  })

  it.each<[string, Files]>([
    ['only a file that is not there', py('except FileNotFoundError:\n    pass')],
    ['told to the caller', py('except Exception as error:\n    return str(error)')],
    ['thrown on', py('except Exception:\n    raise RuntimeError("broken")')],
    ['set aside', py('except Exception:\n    os.replace(FILE, FILE + ".broken")')],
    ['copied before', py('except Exception:\n    shutil.copy(FILE, FILE + ".bak")')],
    ['what has nothing to do with it', py('except Exception:\n    pass', 'f.write(text)')],
    ['only a file that is not there, in a function', loaded('except FileNotFoundError:\n        return {}')],
    ['nothing, in a function', loaded('except Exception:\n        return None')],
    ['only a file that is not there, in TypeScript', ts(`catch (error) { if (error.code !== 'ENOENT') throw error }`)],
    ['asked afterwards', ts('catch {}', `if (!all.version) throw new Error('broken')`)],
    ['a cache', ts('catch {}', '', 'cacheFile')],
    [
      'thrown on in a function in TypeScript',
      tsLoaded(`catch (error) { if (error.code === 'ENOENT') return {}; throw error }`),
    ],
  ])('fails not: %s', async (_, files) => {
    expect(await status(files)).toBe('unknown')
  })
})
