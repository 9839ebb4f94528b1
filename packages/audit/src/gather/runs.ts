import { folder, shellCommands, type ShellCommand, type ShellMode } from './shell.ts'
import { runsProgram } from './own-programs.ts'
import { withoutPrefixes } from './prefixes.ts'
import { runners, type Followed } from './runners.ts'
import type { Tasks } from './tasks.ts'

/** A command that really runs, after following scripts and task runners to their end. */
export interface Run {
  /** Program and arguments, with prefixes such as `npx`, `uv run` or `python -m` taken off. */
  words: string[]
  /** What was followed to get here, outermost first: `npm run lint`, `eslint src`. */
  via: string[]
  /** Relative to the repository; null when computed. */
  directory: string | null
  /** Line within the script of the step. */
  line: number
  /** A failure of it is swallowed somewhere on the way. */
  tolerated: boolean
}

export interface Runs {
  runs: Run[]
  /** Scripts, targets and files that are called and do not exist. */
  missing: { command: string; wanted: string; line: number }[]
  /** Commands that call something which cannot be followed, such as a plugin's task or a program's own scripts. */
  opaque: string[]
}

const maxDepth = 12
const maxRuns = 400

/** `bin/check` of the repository is no program of an environment. */
const isScript = (word: string | undefined, place: string | null, { scripts }: Tasks): boolean =>
  word !== undefined && word.includes('/') && scripts[folder(place, word) ?? ''] !== undefined

const followOne = (words: string[], directory: string | null, tasks: Tasks): Followed => {
  for (const runner of runners) {
    const followed = runner(words, directory, tasks)
    if (followed) return followed
  }
  return null
}

/** Follows a shell script of the repository to the commands that it runs in the end. */
export const runsOf = (script: string, directory: string | null, tasks: Tasks, mode?: ShellMode): Runs => {
  const result: Runs = { runs: [], missing: [], opaque: [] }

  const walk = (command: ShellCommand, outer: Pick<Run, 'via' | 'directory' | 'tolerated'>, line: number): void => {
    const place = command.directory === null ? null : folder(outer.directory, command.directory)
    const words = isScript(command.words[0], place, tasks) ? command.words : withoutPrefixes(command.words)
    const written = command.words.join(' ')
    const via = [...outer.via, written]
    const tolerated = outer.tolerated || command.tolerated
    if (words.length === 0 || outer.via.includes(written) || via.length > maxDepth || result.runs.length >= maxRuns)
      return
    const followed = followOne(words, place, tasks)
    if (followed && 'missing' in followed)
      return void result.missing.push({ command: via.join(' → '), wanted: followed.missing, line })
    if (followed && 'opaque' in followed) return void result.opaque.push(via.join(' → '))
    if (followed) {
      for (const step of followed.steps)
        for (const inner of shellCommands(step.script, { stops: !step.goesOn, pipefail: !step.goesOn }))
          walk(inner, { via, directory: step.directory, tolerated }, line)
      if (!followed.andItself) return
    }
    if (runsProgram(command.words, place, tasks.programs)) result.opaque.push(via.join(' → '))
    // what a shell of nix or devenv defines is called like any program
    if (/^(nix develop|devenv shell)\b/.test(via[0] ?? '')) result.opaque.push(via.join(' → '))
    result.runs.push({ words, via, directory: place, line, tolerated })
  }
  for (const command of shellCommands(script, mode))
    walk(command, { via: [], directory, tolerated: false }, command.line)
  return result
}
