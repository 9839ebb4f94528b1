import { describe, expect, it } from 'vitest'
import { pythonHandler, typescriptHandler } from '../../testing/handlers.ts'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import { evidenceOf } from '../../testing/stand-in.ts'
import boundedRegex from './bounded-regex.ts'

const judge = (files: Files) => judgeFiles(boundedRegex, files)
const takes = '{ pattern: z.string(), text: z.string() }'

describe('patterns in TypeScript', () => {
  it.each([
    ['any pattern', 'return lines.filter(line => new RegExp(args.pattern, "i").test(line))'],
    ['a pattern within another', 'return lines.filter(line => RegExp(`^${args.pattern}$`).test(line))'],
    ['half an escape', `return new RegExp(args.pattern.replace(/[.]/g, '\\\\$&'))`],
    ['a limit of its length', 'if (args.pattern.length > 100) throw new Error("no")\nreturn new RegExp(args.pattern)'],
    [
      'a pattern that is tried before',
      'new RegExp(args.pattern)\nreturn lines.some(line => new RegExp(args.pattern).test(line))',
    ],
    ['repetition within repetition', 'return /^(\\w+\\s?)*$/.test(args.text)'],
    ['a replacement', "return args.text.replace(/(\\w+)+!/g, '')"],
    ['a pattern with a name', 'const word = /^([a-z]+)*@x$/\nreturn args.text.match(word)'],
    [
      'repetition within repetition on what is fetched',
      'const page = await (await fetch("https://a.example")).text()\nreturn page.replace(/(\\w+)+!/g, "")',
    ],
  ])('fails with %s', async (_, body) => {
    const result = await judge(typescriptHandler({ before: 'const lines = ["a"]', takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['an escape', `return new RegExp(args.pattern.replace(/[.*+?^\${}()|[\\]\\\\]/g, '\\\\$&'))`],
    ['an escape of the language', 'return new RegExp(RegExp.escape(args.pattern))'],
    ['a text', 'return lines.filter(line => line.includes(args.pattern))'],
    ['one round of repetition', 'return /^[\\w.-]+@[\\w.-]+$/.test(args.text)'],
    ['white space at the end', `return args.text.replace(/\\s+$/, '')`],
    ['a list of patterns', `const known = { word: '\\\\w+' }\nreturn new RegExp(known[args.pattern] ?? 'x')`],
    ['a dangerous pattern on a text of its own', 'return /^(\\w+\\s?)*$/.test(lines[0])'],
    [
      'a class that is checked before',
      'if (!/^[a-z]{1,20}$/.test(args.text)) throw new Error("no")\nreturn /^(\\w+\\s?)*$/.test(args.text)',
    ],
    [
      'a pattern that is only tried',
      'try {\n  new RegExp(args.pattern)\n} catch {\n  throw new Error("no")\n}\nreturn "yes"',
    ],
    ['linear time', `return new RE2(args.pattern).test('x')`],
  ])('passes with %s', async (_, body) => {
    const before = `import RE2 from 're2'\nconst lines = ["a"]`
    const result = await judge(typescriptHandler({ before, takes, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })
})

describe('patterns that an argument and a foreign text meet', () => {
  const both = (look: string): Files =>
    typescriptHandler({
      before: `const strip = (text: string) => text.replace(/(\\w+)+!/g, '')`,
      takes,
      body: `const page = await (await fetch('https://a.example')).text()\n${look}\nreturn strip(page)`,
    })
  it('does not pass where the argument alone is looked at before', async () => {
    const result = await judge(
      both('if (!/^[a-z]{1,20}$/.test(args.text)) throw new Error("no")\nconsole.error(strip(args.text))'),
    )
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'unknown' })
  })
  it('says nothing about texts of the source', async () => {
    const before = `const strip = (text: string) => text.replace(/(\\w+)+!/g, '')`
    const files = typescriptHandler({ before, takes, body: `return strip('Notes!') + args.text` })
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })
  it('fails once where nobody looks at the argument', async () => {
    const { status, verdicts } = await judge(both('console.error(strip(args.text))'))
    expect(status).toBe('fail')
    expect(verdicts.filter(one => one.status === 'fail')).toHaveLength(1)
  })
})

describe('patterns in Python', () => {
  const parameters = 'pattern: str, text: str'

  it.each([
    ['any pattern', 'return str(re.findall(pattern, "x"))'],
    ['a pattern that is tried before', 're.compile(pattern)\nreturn str(re.search(pattern, text))'],
    ['a compiled pattern', 'found = re.compile(pattern, re.I)\nreturn str(found.search("x"))'],
    ['repetition within repetition', 'return str(re.match(r"^(\\w+\\s?)*$", text))'],
    ['a pattern with a name', 'return str(WORD.match(text))'],
  ])('fails with %s', async (_, body) => {
    const result = await judge(
      pythonHandler({ before: 'import re\nWORD = re.compile(r"^([a-z]+)*@x$")', takes: parameters, body }),
    )
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'fail' })
  })

  it.each([
    ['an escape', 'return str(re.findall(re.escape(pattern), "x"))'],
    ['a pattern that is only tried', 'try:\n    re.compile(pattern)\nexcept re.error:\n    return "no"\nreturn "yes"'],
    ['one round of repetition', 'return re.sub(r"\\s+", " ", text)'],
    ['a text', 'return str("x".find(pattern))'],
  ])('passes with %s', async (_, body) => {
    const result = await judge(pythonHandler({ before: 'import re', takes: parameters, body }))
    expect(result, JSON.stringify(result.verdicts)).toMatchObject({ status: 'pass' })
  })

  it('names the tool, the parameter and the place', async () => {
    const result = await judge(
      pythonHandler({ before: 'import re', takes: parameters, body: 'return str(re.search(pattern, text))' }),
    )
    expect(evidenceOf(result)).toContain('pattern of tool work')
    expect(result.verdicts.find(({ status }) => status === 'fail')).toMatchObject({
      evidence: [{ at: 'a_server/server.py', line: 9 }],
    })
  })
})
