import { parse as parseToml } from 'smol-toml'
import type { Repository } from '../core/target.ts'
import { table } from './tables.ts'

/** The options that pytest adds to its command line, and the file it reads them from. */
export interface PytestOptions {
  at: string
  words: string[]
}

const split = (text: string): string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '')

/** `addopts` of a section, over several lines; null without the section. */
const ofSection = (ini: string, section: string): string[] | null => {
  let inside = false
  let isThere = false
  let inOptions = false
  const found: string[] = []
  for (const line of ini.split('\n')) {
    const head = /^\[([^\]]+)\]\s*$/.exec(line)
    if (head) {
      inside = head[1] === section
      isThere ||= inside
      inOptions = false
    } else if (inside) {
      const key = /^(\w+)\s*[=:]\s*(.*)$/.exec(line)
      if (key) inOptions = key[1] === 'addopts'
      if (inOptions && (key || /^\s+\S/.test(line)))
        found.push(...split((key ? (key[2] ?? '') : line).replace(/(^|\s)#.*$/, '')))
    }
  }
  return isThere ? found : null
}

const ofToml = (text: string): string[] | null => {
  try {
    const pytest = table(table(parseToml(text))['tool'])['pytest']
    const options = table(pytest)['ini_options'] ?? ('ini_options' in table(pytest) ? {} : table(pytest))
    if (pytest === undefined) return null
    const { addopts } = table(options)
    if (Array.isArray(addopts)) return addopts.map(String)
    return typeof addopts === 'string' ? split(addopts) : []
  } catch {
    return null
  }
}

/** The first file that pytest would take, in its own order. */
export const pytestOptions = async (repository: Repository, directory: string): Promise<PytestOptions | null> => {
  const within = directory === '' ? '' : `${directory}/`
  const readers: [file: string, read: (text: string) => string[] | null][] = [
    ['pytest.ini', text => ofSection(text, 'pytest') ?? []],
    ['.pytest.ini', text => ofSection(text, 'pytest') ?? []],
    ['pyproject.toml', ofToml],
    ['tox.ini', text => ofSection(text, 'pytest')],
    ['setup.cfg', text => ofSection(text, 'tool:pytest')],
  ]
  for (const [file, read] of readers) {
    const text = await repository.text(within + file)
    const words = text === null ? null : read(text)
    if (words !== null) return { at: within + file, words }
  }
  return null
}
