import type { Repository } from '../core/target.ts'
import type { Document } from './documents.ts'
import { withoutPrefixes } from './prefixes.ts'
import type { Project } from './project.ts'
import { runsOf } from './runs.ts'
import type { Tasks } from './tasks.ts'

/** Something that a document names and that does not exist. */
export interface Absent {
  path: string
  line: number
  saw: string
  wanted: string
  /** What was seen says all that is wrong. */
  isWhole?: true
}

/** What is wrong, as a sentence. */
export const absence = ({ saw, wanted, isWhole }: Absent): string =>
  isWhole ? saw : `${saw}, but ${wanted} is not there`

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')
const core = (name: string): string =>
  plainName(name)
    .split('-')
    .filter(part => !/^(mcp|server|py|js|ts|cli)$/.test(part))
    .join('-')

/** Names under which the packages of the repository can be started. */
const startNames = ({ node, python }: Project): Set<string> =>
  new Set(
    [
      ...node.flatMap(each => [each.name?.replace(/^@[^/]+\//, '') ?? '', ...Object.keys(each.bin)]),
      ...python.flatMap(each => [each.name ?? '', ...Object.keys(each.scripts)]),
    ]
      .filter(Boolean)
      .map(plainName),
  )

const isStarter = /^(npx|bunx|uvx|pipx|uv|poetry|pnpm|yarn)$/

const wrongName = (written: string[], names: Set<string>): string | null => {
  if (!isStarter.test(written[0] ?? '')) return null
  const [name = ''] = withoutPrefixes(written)
  const isModule = written[written.indexOf(name) - 1] === '-m'
  if (isModule || names.size === 0 || names.has(plainName(name)) || core(name) === '') return null
  // what is called like the product and no server, such as `npx acme init`, may well be the product's own command
  if (core(name) === plainName(name)) return null
  const meant = [...names].find(each => core(each) === core(name))
  return meant ?? null
}

const shells = /^(sh|bash|shell|zsh|console|shell-session|terminal|)$/

/** Shell text without prompts and output, and without `cd` into the folder that a clone makes. */
const shellText = (text: string, files: ReadonlySet<string>): string => {
  const isConsole = /^\s*\$ /m.test(text)
  const folders = new Set(
    [...files].flatMap(path => path.split('/').map((_, at, parts) => parts.slice(0, at).join('/'))),
  )
  return text
    .split('\n')
    .filter(line => !isConsole || /^\s*\$ /.test(line))
    .map(line => line.replace(/^\s*\$ /, ''))
    .map(line =>
      line.replace(
        /(^|&&|;)\s*cd\s+["']?([^\s"';&]+)["']?\s*(&&|;|$)/,
        (whole: string, before: string, place: string) =>
          folders.has(place.replace(/^\.\/|\/$/g, '')) ? whole : before === '&&' ? '' : before,
      ),
    )
    .join('\n')
}

const launches = (text: string): string[][] => {
  const found: string[][] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || found.length > 50) return
    const { command, args } = value as { command?: unknown; args?: unknown }
    if (typeof command === 'string')
      found.push([
        command,
        ...(Array.isArray(args) ? args.filter((each): each is string => typeof each === 'string') : []),
      ])
    for (const each of Object.values(value)) visit(each)
  }
  try {
    visit(JSON.parse(text.replaceAll(/^\s*\/\/.*$/gm, '')))
  } catch {
    return []
  }
  return found
}

const foldersAbove = (directory: string): string[] =>
  directory
    .split('/')
    .map((_, at, parts) => parts.slice(0, at).join('/'))
    .filter(folder => folder !== directory)

/** Scripts, targets, files and own commands in the code blocks of a document that do not exist. */
export const missingCommands = ({ path, sections }: Document, found: Project, known: Tasks): Absent[] => {
  const names = startNames(found)
  const directory = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
  return sections.flatMap(({ blocks }) =>
    blocks.flatMap(block => {
      if (block.kind !== 'code') return []
      const wrong = (words: string[], line: number): Absent[] => {
        const meant = wrongName(words, names)
        return meant
          ? [
              {
                path,
                line,
                saw: `${words.join(' ')} names no package or command of this repository`,
                wanted: meant,
                isWhole: true,
              },
            ]
          : []
      }
      if (/^(json|jsonc|json5)$/.test(block.language))
        return launches(block.text).flatMap(words => wrong(words, block.line))
      const isShell = shells.test(block.language) && !/^\s*[{[<]/.test(block.text)
      if (!isShell) return []
      const script = shellText(block.text, known.files)
      const here = runsOf(script, directory, known)
      const above = foldersAbove(directory).map(folder => runsOf(script, folder, known).missing)
      // readers stand in the folder of the document or in one above it
      const absent = here.missing.filter(({ line }) => above.every(missing => missing.some(one => one.line === line)))
      return [
        ...absent
          .filter(({ command }) => !/[<>]|\byour\b|path\/to/i.test(command))
          .map(({ command, wanted, line }) => ({ path, line: block.line + line, saw: command, wanted })),
        ...here.runs.flatMap(({ via, line }) => wrong((via[0] ?? '').split(' '), block.line + line)),
      ]
    }),
  )
}

/** Links to files of the repository that are not there. */
export const missingLinks = (path: string, text: string, repository: Repository): Absent[] => {
  const directory = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
  let fenced = false
  return text.split('\n').flatMap((row, index) => {
    if (/^\s*(```|~~~)/.test(row)) fenced = !fenced
    if (fenced) return []
    return [...row.replaceAll(/`[^`]*`/g, '').matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, link = '']) => {
      const bare = link.replace(/[#?].*$/, '')
      if (
        bare === '' ||
        /^([a-z][a-z0-9+.-]*:|\/\/|<|\.\.\/\.\.\/)/i.test(link) ||
        !/\.\w+$|\/$|^(LICENSE|docs)/.test(bare)
      )
        return []
      const file = bare.startsWith('/') ? bare.slice(1) : directory + bare
      return repository.exists(decoded(file))
        ? []
        : [{ path, line: index + 1, saw: `a link to ${link}`, wanted: `the file ${bare}` }]
    })
  })
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
