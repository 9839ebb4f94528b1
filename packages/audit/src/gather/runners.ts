import { folder } from './shell.ts'
import type { NodePackage } from './project.ts'
import type { Task, Tasks } from './tasks.ts'

/** What a runner makes of a command: more shell text to follow, or why it cannot be followed. */
export interface Step {
  script: string
  directory: string | null
  /** Its shell goes on after a command that failed. */
  goesOn?: true
}
export type Followed = { steps: Step[]; andItself?: true } | { missing: string } | { opaque: true } | null

export type Runner = (words: string[], directory: string | null, tasks: Tasks) => Followed

const positional = (words: string[], valued: string[] = []): string[] =>
  words.filter((word, at) => !word.startsWith('-') && !valued.includes(words[at - 1] ?? ''))

/** Values of `-e a,b`, `--session=a b`. */
const valuesOf = (words: string[], names: string[], many = false): string[] => {
  const found: string[] = []
  words.forEach((word, at) => {
    const [name = '', value] = word.split(/=(.*)/s)
    if (!names.includes(name)) return
    if (value !== undefined) {
      found.push(value)
      return
    }
    for (const next of words.slice(at + 1)) {
      if (next.startsWith('-') || (!many && found.length > 0)) break
      found.push(next)
    }
  })
  return found
    .flatMap(value => value.split(','))
    .map(value => value.trim())
    .filter(Boolean)
}

const quoted = (words: string[]): string =>
  words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ')

const inFolder = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

// ---- Node package managers

/** Few wildcards, so that no name can make it slow. */
const globbed = (pattern: string): RegExp =>
  new RegExp(
    pattern.split('*').length > 6
      ? '^$'
      : `^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\*+/g, '.*')}$`,
  )

const scriptSteps = (entry: NodePackage, name: string, extra: string[] = []): Step[] => {
  const written = entry.scripts[name]
  if (written === undefined) return []
  const wireit = (entry.raw['wireit'] as Record<string, { command?: string } | undefined> | undefined)?.[name]?.command
  const main = written.trim() === 'wireit' && typeof wireit === 'string' ? wireit : `${written} ${quoted(extra)}`
  return [entry.scripts[`pre${name}`], main, entry.scripts[`post${name}`]]
    .filter(script => script !== undefined)
    .map(script => ({ script, directory: entry.directory, goesOn: true }))
}

const packageAbove = (directory: string, tasks: Tasks): NodePackage | undefined => {
  for (let at: string | null = directory; at !== null; at = at === '' ? null : folder(at, '..')) {
    const found = tasks.node.find(entry => entry.directory === at)
    if (found) return found
  }
  return undefined
}

/** Packages of websites, examples and tests are there and not read. */
const isUnreadPackage = (directory: string | null, tasks: Tasks): boolean => {
  for (let at = directory; at !== null; at = at === '' ? null : folder(at, '..'))
    if (tasks.files.has(at === '' ? 'package.json' : `${at}/package.json`)) return true
  return false
}

const packagesFor = (words: string[], directory: string | null, tasks: Tasks): NodePackage[] => {
  const named = valuesOf(words, ['-w', '--workspace', '--filter', '-F', '--scope'])
  if (named.length > 0) {
    const patterns = named.map(name => globbed(name.replaceAll(/^[.{/]+|[.}]+$/g, '')))
    const chosen = tasks.node.filter(({ name, directory }) =>
      patterns.some(pattern => pattern.test(name ?? '') || pattern.test(directory)),
    )
    return chosen.length > 0 ? chosen : tasks.node
  }
  if (words.some(word => ['--workspaces', '-ws', '-r', '--recursive'].includes(word))) return tasks.node
  const moved = valuesOf(words, ['--prefix', '-C', '--dir', '--cwd'])[0]
  if (directory === null) return tasks.node
  const place = moved === undefined ? directory : folder(directory, moved)
  const found = place === null ? undefined : packageAbove(place, tasks)
  return found ? [found] : []
}

const optionsWithValue = ['-w', '--workspace', '--filter', '-F', '--prefix', '-C', '--dir', '--cwd']
const hooksOf: Record<string, string[]> = {
  install: ['preinstall', 'install', 'postinstall', 'prepare'],
  publish: ['prepublishOnly', 'prepack', 'prepare'],
  pack: ['prepack', 'prepare'],
}
const ownCommands =
  /^(add|audit|cache|config|create|dedupe|dist-tag|import|info|init|link|list|login|ls|npm|outdated|pkg|plugin|remove|set|store|up|update|upgrade|version|versions|view|whoami|why|x|self-update|setup|env|bin|root|prune|rebuild|fetch|patch|deploy|build)$/

const nodeManager: Runner = (words, directory, tasks) => {
  const [manager = ''] = words
  if (!/^(npm|pnpm|yarn|bun)$/.test(manager)) return null
  const separator = words.indexOf('--')
  const own = separator < 0 ? words.slice(1) : words.slice(1, separator)
  const [command = 'install', ...rest] = positional(own, optionsWithValue)
  const extra = separator < 0 ? [] : words.slice(separator + 1)
  const packages = packagesFor(own, directory, tasks)
  const lifecycle = hooksOf[/^(i|ci|clean-install)$/.test(command) ? 'install' : command]
  if (lifecycle && !(lifecycle === hooksOf['install'] && rest.length > 0)) {
    const hooks = own.includes('--ignore-scripts') ? [] : lifecycle
    return { steps: packages.flatMap(entry => hooks.flatMap(name => scriptSteps(entry, name))), andItself: true }
  }
  if (command === 'workspace' || command === 'workspaces')
    return nodeManager(
      [manager, ...(command === 'workspace' ? ['-w', ...rest] : ['-r', ...rest.filter(word => word !== 'foreach')])],
      directory,
      tasks,
    )
  const isRun = /^(run|run-script|rum|urn)$/.test(command)
  if (manager === 'bun' && isRun && /\.[mc]?[jt]sx?$/.test(rest[0] ?? ''))
    return file(['node', ...rest], directory, tasks)
  const name = isRun ? rest[0] : /^(t|tst)$/.test(command) ? 'test' : command
  const isImplied =
    !isRun && (manager === 'yarn' || manager === 'pnpm' || /^(test|start|stop|restart)$/.test(name ?? ''))
  if (name === undefined || (manager === 'bun' && !isRun) || (!isRun && !isImplied)) return null
  const steps = packages.flatMap(entry => scriptSteps(entry, name, [...(isRun ? rest.slice(1) : rest), ...extra]))
  if (steps.length > 0) return { steps }
  if (own.includes('--if-present')) return { steps: [] }
  if (!isRun && ownCommands.test(name)) return null
  if (!isRun && name !== 'test')
    return { steps: [{ script: quoted([name, ...own.slice(own.indexOf(name) + 1), ...extra]), directory }] }
  if (packages.length === 0 && isUnreadPackage(directory, tasks)) return { opaque: true }
  return { missing: `a script "${name}" in ${packages[0]?.path ?? 'a package.json'}` }
}

/** Tools that run a script of that name in every package. */
const monorepo: Runner = ([tool = '', ...words], _, tasks) => {
  if (!/^(turbo|nx|lerna)$/.test(tool)) return null
  const targets = valuesOf(words, ['-t', '--target', '--targets'], true)
  const names =
    targets.length > 0
      ? targets
      : positional(words, ['--filter', '-F', '--parallel', '--scope']).filter(
          word => !/^(run|run-many|affected)$/.test(word),
        )
  const steps = names.flatMap(name =>
    tasks.node.flatMap(entry => (entry.scripts[name]?.includes(tool) ? [] : scriptSteps(entry, name))),
  )
  return steps.length > 0 ? { steps } : { opaque: true }
}

const several: Runner = ([tool = '', ...words], directory, tasks) => {
  if (/^(concurrently|conc)$/.test(tool))
    return {
      steps: positional(words, ['-n', '-c', '--names']).map(word => ({
        script: word.replace(/^npm:/, 'run-s '),
        directory,
      })),
    }
  if (!/^(run-s|run-p|npm-run-all2?)$/.test(tool)) return null
  const entry = packagesFor([], directory, tasks)[0]
  const steps = positional(words).flatMap(word => {
    const [pattern = '', ...extra] = word.split(' ')
    const names = Object.keys(entry?.scripts ?? {}).filter(name => globbed(pattern).test(name))
    return entry ? names.flatMap(name => scriptSteps(entry, name, extra)) : []
  })
  return steps.length > 0 ? { steps } : { missing: `scripts named ${positional(words).join(', ')}` }
}

// ---- task files

const withNeeds = (task: Task, all: Task[], seen: Set<Task> = new Set()): Step[] => {
  if (seen.has(task)) return []
  seen.add(task)
  const needed = all.filter(other => other.path === task.path && task.before.includes(other.name))
  return [
    ...needed.flatMap(other => withNeeds(other, all, seen)),
    { script: task.script, directory: inFolder(task.path) },
  ]
}

const fromFile = (tool: Task['tool'], names: string[], place: string | null, tasks: Tasks, file: string): Followed => {
  const all = tasks.named.filter(task => task.tool === tool && (place === null || inFolder(task.path) === place))
  if (all.length === 0) return { missing: file }
  const steps: Step[] = []
  for (const name of names) {
    const found = all.filter(task => task.name === name)
    if (found.length === 0) return { missing: `${name} in ${all[0]?.path ?? file}` }
    steps.push(...found.flatMap(task => withNeeds(task, all)))
  }
  return { steps }
}

const recipe: Runner = ([tool = '', ...words], directory, tasks) => {
  const kind = { make: 'make', gmake: 'make', just: 'just', task: 'task', 'go-task': 'task' }[tool] as
    Task['tool'] | undefined
  if (!kind) return null
  const moved = valuesOf(words, ['-C', '--directory', '-d', '--dir', '--working-directory'])[0]
  const place = moved === undefined || directory === null ? directory : folder(directory, moved)
  const valued = ['-C', '--directory', '-d', '--dir', '-f', '-j', '--working-directory', '--justfile', '--makefile']
  const named = positional(words, valued).filter(word => !word.includes('='))
  const first = tasks.named.find(({ tool, path }) => tool === kind && inFolder(path) === place)?.name
  const names = kind === 'just' ? named.slice(0, 1) : named
  return fromFile(
    kind,
    names.length > 0 ? names : [kind === 'task' ? 'default' : (first ?? '')],
    place,
    tasks,
    `a file for ${tool}`,
  )
}

const python: Runner = ([tool = '', ...words], directory, tasks) => {
  const [verb = '', target = '', ...rest] = positional(words)
  const known = (kind: Task['tool'], name: string): boolean =>
    tasks.named.some(task => task.tool === kind && task.name === name)
  const defined = (kind: Task['tool']): string[] =>
    tasks.named.filter(task => task.tool === kind).map(({ name }) => name)
  if (tool === 'tox') {
    const asked = valuesOf(words, ['-e', '--env'])
    const names = (asked.length > 0 ? asked : defined('tox')).map(name => (known('tox', name) ? name : ''))
    return fromFile('tox', names, null, tasks, 'a configuration of tox')
  }
  if (tool === 'nox') {
    const asked = valuesOf(words, ['-s', '--session', '--sessions', '-e'], true)
    const names = asked.map(name => name.replace(/[-(].*$/, found => (known('nox', name) ? found : '')))
    return fromFile('nox', names.length > 0 ? names : defined('nox'), null, tasks, 'a noxfile.py')
  }
  if ((tool === 'pre-commit' || tool === 'prek') && (verb === 'run' || verb === '')) {
    return fromFile('pre-commit', target ? [target] : defined('pre-commit'), null, tasks, 'a .pre-commit-config.yaml')
  }
  if (tool === 'poe' && verb) return fromFile('poe', [verb], null, tasks, 'tasks of poe in pyproject.toml')
  if ((tool === 'hatch' || tool === 'pdm') && verb === 'run' && target) {
    return known(tool, target)
      ? fromFile(tool, [target], null, tasks, 'pyproject.toml')
      : {
          steps: [
            {
              script: quoted([target.replace(/^[^:/]+:/, ''), ...rest, ...words.filter(word => word.startsWith('-'))]),
              directory,
            },
          ],
        }
  }
  return null
}

// ---- files

const builtPlace = /(^|\/)(dist|build|out|lib|target|coverage|node_modules|\.?venv|tmp)\//

const file: Runner = (words, directory, tasks) => {
  const [program = ''] = words
  const isShell = /^(bash|sh|zsh|source|\.)$/.test(program)
  if (isShell && words[1]?.startsWith('-') && words[1].endsWith('c') && words[2] !== undefined)
    return { steps: [{ script: words[2], directory }] }
  const isInterpreter = isShell || /^(node|tsx|ts-node|python3?|deno|bun)$/.test(program)
  if (program === 'node' && words[1] === '--run' && words[2])
    return nodeManager(['npm', 'run', words[2]], directory, tasks)
  const path = isInterpreter
    ? positional(words.slice(1), ['--import', '-r', '--require', '--loader', '-m', '-c', '-e'])[0]
    : program
  const isPath =
    path !== undefined &&
    !/[{}$*?[\]]/.test(path) &&
    (isInterpreter ? /\.(sh|bash|py|[mc]?[jt]s)$/.test(path) : /^\.?\.?\/?[\w./-]+\.(sh|bash|py|[mc]?js)$/.test(path))
  // without an ending only what is known to be a script
  const named = path !== undefined && path.includes('/') ? folder(directory, path) : null
  const isKnown = named !== null && tasks.scripts[named] !== undefined
  const place = isPath && path !== undefined ? folder(directory, path) : isKnown ? named : null
  if (place === null || words.includes('-m') || words.includes('-e')) return null
  const script = tasks.scripts[place]
  if (script !== undefined) {
    const stops = /^#!.*\s-\w*e/.test(script) || words.slice(1).some(word => /^-\w*e\w*$/.test(word))
    return { steps: [{ script, directory, ...(stops ? {} : { goesOn: true }) }] }
  }
  return tasks.files.has(place) || builtPlace.test(place) ? null : { missing: `the file ${place}` }
}

/** A command that a package of the workspace brings along: a shell script of its `bin`. */
const ownCommand: Runner = ([program = ''], directory, tasks) => {
  if (program.includes('/')) return null
  for (const { directory: place, bin, raw } of tasks.node) {
    const { bin: within } = (raw['directories'] ?? {}) as { bin?: unknown }
    const path = bin[program] ?? (typeof within === 'string' ? `${within}/${program}` : null)
    const script = path === null ? undefined : tasks.scripts[folder(place, path) ?? '']
    if (script !== undefined) return { steps: [{ script, directory }] }
  }
  return null
}

export const runners: Runner[] = [nodeManager, monorepo, several, recipe, python, file, ownCommand]
