import type { Repository } from '../../core/target.ts'
import { globMatcher } from '../globs.ts'
import type { Command } from '../commands.ts'
import type { Project } from '../project.ts'

/** The formatter of one language: what it is, where it is set up, and how near we can come to it. */
export interface Formatter {
  /** `ruff`, `Black`, `Prettier`, `Biome`, ... */
  name: string
  /** The file that sets it up, or the command that runs it. */
  at: string
  /** Options for a file in terms of the engine that is held against it; null when they cannot be known. */
  optionsFor: ((path: string) => Record<string, unknown>) | null
  /** Files that it leaves alone. */
  excludes: (path: string) => boolean
  /** Why its own answer may differ from ours; null when it is the same program. */
  doubt: string | null
  /** Where a pipeline checks it, such as `.github/workflows/ci.yml:31`. */
  gate: string | null
}

const gates = /^(--check|-c|--list-different|-l|--diff|--check-only|--verify|ci|check)$/

export const isProgram = (command: Command, names: RegExp): boolean =>
  names.test((command.words[0] ?? '').replace(/^.*\//, ''))

/** Where a pipeline fails when something is not formatted. */
export const gateOf = (all: Command[], isOwn: (command: Command) => boolean): string | null => {
  const found = all.find(
    command =>
      command.events !== null &&
      !command.tolerated &&
      isOwn(command) &&
      (command.words.some(word => gates.test(word)) || command.via.some(words => /pre-commit|prek/.test(words))),
  )
  return found ? `${found.at}:${found.line}` : null
}

/** Files that the commands name; everything when one of them names nothing or what cannot be told. */
export const namedFiles = (own: Command[], verbs: RegExp): ((path: string) => boolean) => {
  const places = own.map(({ words, directory }) => ({
    directory,
    named: words.slice(1).filter((word, at, all) => {
      const isValue = /^--?(config|ignore-path|parser|line-length|log-level|loglevel|exclude)$/.test(all[at - 1] ?? '')
      return !word.startsWith('-') && !verbs.test(word) && !isValue
    }),
  }))
  const isEverything = ({ directory, named }: (typeof places)[number]): boolean =>
    directory === null || named.length === 0 || named.some(word => /^\.\/?$|[$⟦`]/.test(word) || word.startsWith('..'))
  if (places.length === 0 || places.some(isEverything)) return () => true
  const matchers = places.map(({ directory, named }) => globMatcher(named.map(anchored), directory ?? ''))
  return path => matchers.some(matches => matches(path))
}

/** Arguments are relative to where the command runs; patterns of ignore files match at any depth. */
const anchored = (word: string): string => `/${word.replace(/^\.\//, '').replace(/^\//, '')}`

const inSeries = (version: string): string => /^\d+\.\d+/.exec(version)?.[0] ?? version

/** The version of a package that a lock file holds; null when none does. */
export const lockedVersion = async (
  repository: Repository,
  { lockFiles }: Project,
  name: string,
): Promise<string | null> => {
  const forms = [
    new RegExp(`"node_modules/${name}": \\{\\s*"version": "([\\d.]+)`),
    new RegExp(`\\[\\[package\\]\\]\\s*name = "${name}"\\s*version = "([\\d.]+)`),
    new RegExp(`^ {2}'?/?${name}@([\\d.]+)`, 'm'),
    new RegExp(`^"?${name}@[^\\n]{0,80}:\\n {2}version:? "?([\\d.]+)`, 'm'),
  ]
  for (const { path } of lockFiles) {
    const text = await repository.text(path)
    for (const form of text === null ? [] : forms) {
      const found = form.exec(text ?? '')?.[1]
      if (found) return found
    }
  }
  return null
}

export const otherVersion = (name: string, theirs: string | null, ours: string): string | null =>
  theirs === null || inSeries(theirs) === inSeries(ours)
    ? null
    : `the project holds ${name} ${theirs}, and this is ${ours}: its style may differ in details`
