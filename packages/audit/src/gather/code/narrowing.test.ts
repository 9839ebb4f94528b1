import { describe, expect, it } from 'vitest'
import { gathered } from '../../testing/gathered.ts'
import { modules } from './modules.ts'
import { openNew } from './resolve.ts'

/** The texts of what is given to `use(...)`. */
const used = async (files: Record<string, string>): Promise<string> => {
  const source = await gathered(modules, files)
  const resolver = openNew(source)
  return source.all
    .flatMap(module =>
      module.calls
        .filter(({ callee }) => callee.is === 'name' && callee.name === 'use')
        .flatMap(({ arguments: [of] }) =>
          of ? resolver.things({ is: 'member', of, name: 'text' }, { module, frames: [] }) : [],
        ),
    )
    .map(({ value }) => (value.is === 'text' ? value.text : '?'))
    .join(' ')
}
const ts = (body: string, more = ''): Promise<string> =>
  used({
    'package.json': '{"name":"a","dependencies":{"@modelcontextprotocol/sdk":"1"}}',
    'src/index.ts': `import '@modelcontextprotocol/sdk'
const make = (a) => {
  if (a) return { text: 'good', kind: 'done' }
  return { text: 'bad', kind: 'failed', isError: true }
}
export const pick = (a, list) => {
  let r = make(a)
  ${body}
}
${more}`,
  })
const py = (body: string): Promise<string> =>
  used({
    'pyproject.toml': '[project]\nname = "a"\ndependencies = ["mcp"]\n',
    'server.py': `import mcp

def make(a):
    if a:
        return {"text": "good"}
    return {"text": "bad", "isError": True}


def pick(a):
    r = make(a)
${body}
`,
  })

describe('what a guard on a field leaves', () => {
  it.each<[string, string, string]>([
    ['nothing asked', 'use(r)', 'good bad'],
    ['inside', 'if (r.isError) { use(r) }', 'bad'],
    ['inside, compared', 'if (r.isError === true) use(r)', 'bad'],
    ['inside, of that kind', "if (r.kind === 'done') use(r)", 'good'],
    ['inside, with another test', 'if (list && r.isError) use(r)', 'bad'],
    ['inside, where it is there', "if ('isError' in r) use(r)", 'bad'],
    ['else', 'if (r.isError) { log() } else { use(r) }', 'good'],
    ['after it was left', 'if (r.isError) return r\n use(r)', 'good'],
    ['after it was left by the other side', 'if (!r.isError) return r\n use(r)', 'bad'],
    [
      'after an exception, and after more',
      "if (r?.kind !== 'done') throw new Error('x')\n list.forEach(() => use(r))",
      'good',
    ],
    ['after it went on', 'if (r.isError) log()\n use(r)', 'good bad'],
    ['after it may have been left', 'if (list) { if (r.isError) return r }\n use(r)', 'good bad'],
    ['after a function of its own', 'list.map(() => { if (r.isError) return r })\n use(r)', 'good bad'],
    ['after an exception that is caught', 'try { if (r.isError) throw r } catch { log() }\n use(r)', 'good bad'],
    ['after an exception that is handed on', 'try { if (r.isError) throw r } catch (e) { throw e }\n use(r)', 'good'],
    ['chosen', 'use(r.isError ? r : list)', 'bad ?'],
    ['chosen otherwise', 'use(list && !r.isError ? list : r)', '? good bad'],
    ['either of two', 'if (list || r.isError) use(r)', 'good bad'],
    ['another variable of that name', '{ const r = list; if (r.isError) return r }\n use(r)', 'good bad'],
    ['set anew', 'if (r.isError) return r\n r = make(list)\n use(r)', 'good bad good bad'],
    ['set anew in a loop', 'if (r.isError) return r\n for (;;) { use(r); r = make(list) }', 'good bad good bad'],
  ])('%s', async (_, body, left) => {
    expect(await ts(body)).toBe(left)
  })

  it('is not known of a field that is set later', async () => {
    expect(await ts('if (r.isError) { use(r) }', 'export const fail = r => { r.isError = true }')).toBe('good bad')
  })

  it('is not known of a field that is set before', async () => {
    const files = {
      'package.json': '{"name":"a","dependencies":{"@modelcontextprotocol/sdk":"1"}}',
      'src/make.ts': `export const make = a => a ? { text: 'good' } : { text: 'bad', isError: true }`,
      'src/index.ts': `import '@modelcontextprotocol/sdk'
import { make } from './make.js'
export const pick = a => {
  const r = make(a)
  if (a.isLate) r.isError = true
  if (r.isError) use(r)
}`,
    }
    expect(await used(files)).toBe('good bad')
    const unset = files['src/index.ts'].replace('r.isError = true', 'log()')
    expect(await used({ ...files, 'src/index.ts': unset })).toBe('bad')
  })

  it.each<[string, string, string]>([
    ['nothing asked', '    use(r)', 'good bad'],
    ['inside', '    if r["isError"]:\n        use(r)', 'bad'],
    ['after it was left', '    if r.get("isError"):\n        return r\n    use(r)', 'good'],
    [
      'a test of its own after another',
      '    if a:\n        log()\n    elif r.get("isError"):\n        return r\n    use(r)',
      'good bad',
    ],
    ['asserted', '    assert not r.get("isError")\n    use(r)', 'good'],
    ['set before', '    r["isError"] = True\n    if r.get("isError"):\n        use(r)', 'good bad'],
    ['after it went on', '    if r.get("isError"):\n        log()\n    use(r)', 'good bad'],
  ])('in Python: %s', async (_, body, left) => {
    expect(await py(body)).toBe(left)
  })
})
