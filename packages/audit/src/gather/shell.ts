import { forEachChild, parse, type Command, type SyntaxNode } from 'unbash'

export interface ShellCommand {
  /** The program and its arguments, unquoted; leading assignments are left out. */
  words: string[]
  /** 1 for the first line of the script. */
  line: number
  /** Where it runs, relative to where the script started; null when `cd` went to a computed place. */
  directory: string | null
  /** Its failure does not end the script: `|| true`, the condition of an `if`, all but the last of a pipe or a line. */
  tolerated: boolean
}

const maxScript = 200_000

/** Joins two relative folders; empty is where it started, null is outside or unknown. */
export const folder = (base: string | null, change: string): string | null => {
  if (base === null || /[$`⟦~]/.test(change)) return null
  const parts = base === '' ? [] : base.split('/')
  for (const part of change.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return null
  }
  return change.startsWith('/') ? null : parts.join('/')
}

const wordsOf = (command: Command): string[] => [
  ...(command.name ? [command.name.value] : []),
  ...command.args.map(argument => (argument.type === 'Word' ? argument.value : argument.text)),
]

const neverFails = (node: SyntaxNode | undefined): boolean =>
  node?.type === 'Command' && /^(true|:|echo|exit 0|printf)\b|^:$/.test(wordsOf(node).join(' '))

/** How the shell is started: whether it ends with the first command that fails (`-e`), and with any of a pipe. */
export interface ShellMode {
  stops: boolean
  pipefail: boolean
}

interface Place extends ShellMode {
  directory: string | null
}

/** `set -euo pipefail`, `set +e`. */
const setMode = (words: string[], place: Place): void => {
  words.slice(1).forEach((word, at) => {
    const isOn = word.startsWith('-')
    if (!/^[-+]\w+$/.test(word)) return
    if (word.includes('e')) place.stops = isOn
    if (word.endsWith('o') && words[at + 2] === 'pipefail') place.pipefail = isOn
    if (word.endsWith('o') && words[at + 2] === 'errexit') place.stops = isOn
  })
}

/** The commands of a shell script in the order in which they stand, in functions and substitutions as well. */
export const shellCommands = (script: string, mode: ShellMode = { stops: true, pipefail: true }): ShellCommand[] => {
  const source = script.slice(0, maxScript)
  // Whoever looks at the status decides by himself what a failure means.
  const looks = /\$\?|\btrap\b.*\bERR\b/.test(source)
  const found: ShellCommand[] = []
  const lineAt = (position: number): number => source.slice(0, position).split('\n').length

  const visit = (node: SyntaxNode, place: Place, tolerated: boolean): void => {
    const into = (child: SyntaxNode): void => visit(child, place, tolerated)
    if (node.type === 'Command') {
      const words = wordsOf(node)
      if (words[0] === 'cd' || words[0] === 'pushd') place.directory = folder(place.directory, words[1] ?? '~')
      if (words[0] === 'set') setMode(words, place)
      if (words[0] !== 'cd' && words[0] !== 'pushd' && words.length > 0)
        found.push({ words, line: lineAt(node.pos), directory: place.directory, tolerated })
      return forEachChild(node, into)
    }
    if (node.type === 'Subshell') {
      const inner = { ...place }
      return forEachChild(node, child => visit(child, inner, tolerated))
    }
    if (node.type === 'AndOr') {
      const forgiven = node.operators.some((operator, at) => operator === '||' && neverFails(node.commands[at + 1]))
      return node.commands.forEach(child => visit(child, place, tolerated || forgiven))
    }
    if (node.type === 'If') {
      return forEachChild(node, child => visit(child, place, tolerated || child === node.clause))
    }
    if (node.type === 'Pipeline') {
      const last = node.commands.at(-1)
      return forEachChild(node, child => visit(child, place, tolerated || (!place.pipefail && child !== last)))
    }
    if (node.type === 'Script' || node.type === 'CompoundList') {
      const last = node.commands.at(-1)
      for (const child of node.commands) visit(child, place, tolerated || (!place.stops && !looks && child !== last))
      return
    }
    if (node.type === 'Statement') return visit(node.command, place, tolerated || node.background === true)
    forEachChild(node, into)
  }
  visit(parse(source), { directory: '', ...mode }, false)
  return found
}
