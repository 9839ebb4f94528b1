import { lstatSync, readFileSync, statSync } from 'node:fs'
import type { z } from 'zod'
import { Refusal } from '../core/refusal.ts'

const maxBytes = 2_000_000

/** Whether the text breaks off at its end instead of being wrong before it. */
const isUnfinished = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const message = String(error)
    return /end of JSON input/.test(message) || Number(/position (\d+)/.exec(message)?.[1]) >= text.length
  }
}

/** The parser tells no position for every error, and quotes the text, which may hold secrets. */
const brokenLine = (text: string): number => {
  let sound = 0
  let broken = text.length
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2)
    if (isUnfinished(text.slice(0, middle))) sound = middle
    else broken = middle
  }
  return text.slice(0, sound).split('\n').length
}

/** Throws a Refusal that names the file and the line, and quotes nothing of the content. */
export const parseJson = (text: string, file: string): unknown => {
  const plain = text.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(plain)
  } catch {
    if (plain.trim() === '') throw new Refusal(`${file} is empty`, `write {} or more into ${file}, or remove it`)
    const line = brokenLine(plain)
    throw new Refusal(`${file} is not valid JSON in line ${line}`, `repair ${file} near line ${line}`)
  }
}

const commentOrString = /"(?:\\.|[^"\\])*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g
const trailingCommaOrString = /"(?:\\.|[^"\\])*"?|,(?=\s*[}\]])/g

/** JSON that may have comments and trailing commas, as editors write it. Lines stay where they were. */
export const parseJsonc = (text: string, file: string): unknown =>
  parseJson(
    text
      .replace(commentOrString, found => (found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found))
      .replace(trailingCommaOrString, found => (found === ',' ? ' ' : found)),
    file,
  )

/** The text of a regular file up to 2 MB. `noLinks` refuses a symbolic link. */
export const readTextFile = (file: string, shown: string, { noLinks = false } = {}): string => {
  const info = noLinks ? lstatSync(file) : statSync(file)
  if (!info.isFile()) throw new Refusal(`${shown} is not a regular file`, `put a plain file in the place of ${shown}`)
  if (info.size > maxBytes)
    throw new Refusal(`${shown} is larger than 2 MB`, `check that ${shown} is the file you mean`)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new Refusal(`${shown} cannot be read (${code})`, `make ${shown} readable for you, or name another file`)
  }
}

/** Where in a JSON document, such as `samples.add[0]`. */
export const jsonPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (whole, part) =>
      typeof part === 'number' ? `${whole}[${part}]` : whole ? `${whole}.${String(part)}` : String(part),
    '',
  )

const kinds: Record<string, string> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

const kindOf = (word: string): string => kinds[word] ?? word

/** What a schema wants, in words; its own messages speak the language of its library. */
const wanted = ({ code, message, ...issue }: z.core.$ZodIssue): string => {
  if (code === 'invalid_value' && 'values' in issue) return `one of ${issue.values.map(String).join(', ')}`
  if ((code === 'too_big' || code === 'too_small') && message.startsWith('Too ') && 'origin' in issue) {
    const limit = 'maximum' in issue ? `at most ${issue.maximum}` : `at least ${'minimum' in issue ? issue.minimum : 1}`
    return `${kindOf(issue.origin)} ${issue.origin === 'number' || issue.origin === 'int' ? 'of' : 'with'} ${limit}`
  }
  const [, expected, received] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? []
  if (expected === undefined || received === undefined)
    return message.replace(/^Invalid (input|option|string): /, '').replace(/^expected /, '')
  return `${kindOf(expected)}, ${received === 'undefined' ? 'and it is missing' : `not ${kindOf(received)}`}`
}

/** The first fault that a schema found, as one sentence without the offending value. */
export const shapeFault = ({ issues }: z.ZodError): { path: string; expected: string; unknownKey?: string } => {
  const issue = issues[0]
  if (!issue) return { path: '', expected: 'another shape' }
  if (issue.code === 'unrecognized_keys') {
    const unknownKey = issue.keys[0] ?? ''
    return { path: jsonPath([...issue.path, unknownKey]), expected: 'no such key', unknownKey }
  }
  if (issue.code === 'invalid_key') {
    return { path: jsonPath(issue.path), expected: issue.issues[0]?.message ?? 'another name' }
  }
  return { path: jsonPath(issue.path), expected: wanted(issue) }
}
