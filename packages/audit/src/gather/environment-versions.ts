import type { Repository } from '../core/target.ts'
import { parse as parseToml } from 'smol-toml'
import { runtimeOf, type Runtime } from './runtimes.ts'
import type { Trees } from './trees.ts'
import { table, type Table } from './tables.ts'

const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).filter((entry): entry is string => typeof entry === 'string')

/** `py{310,311}-x` as its two names. */
const spread = (name: string, depth = 0): string[] => {
  const [whole, inner] = /\{([^{}]*)\}/.exec(name) ?? []
  if (whole === undefined || depth > 4) return [name]
  return (inner ?? '').split(',').flatMap(part =>
    spread(
      name.replace(whole, () => part.trim()),
      depth + 1,
    ),
  )
}

const ofToxName = (name: string): string | null => {
  const found = /^(?:py)?3\.?(\d{1,2})(?:-|$)/.exec(name) ?? /^py3(\d{1,2})(?:-|$)/.exec(name)
  return found?.[1] === undefined ? null : `3.${found[1]}`
}

const splitList = (text: string): string[] => {
  const parts: string[] = []
  let depth = 0
  let current = ''
  for (const sign of text) {
    if (sign === '{') depth++
    if (sign === '}') depth--
    if (depth === 0 && /[,\s]/.test(sign)) {
      parts.push(current)
      current = ''
    } else current += sign
  }
  return [...parts, current].filter(Boolean)
}

const toxList = (ini: string): string[] => {
  const found = /^\[tox\][^[]*?^(?:env_?list)\s*=([^\n]*(?:\n[ \t]+[^\n]*)*)/m.exec(ini)
  return splitList(found?.[1] ?? '').flatMap(name => spread(name))
}

interface Known {
  tox: string[]
  nox: string[]
  hatch: string[]
}

/** `@nox.session(python=["3.11", "3.12"])`, also by the name of a list. */
const noxVersions = (trees: Trees): Promise<string[]> =>
  trees.visit({ test: (text, { path }) => /(^|\/)noxfile\.py$/.test(path) && text.includes('python') }, root => {
    const lists = new Map(
      root
        .findAll({ rule: { kind: 'assignment' } })
        .map(node => [node.field('left')?.text() ?? '', node.field('right')?.text() ?? '']),
    )
    return root.findAll({ rule: { kind: 'decorator' } }).flatMap(node => {
      if (!/^@(nox\.)?session\b/.test(node.text())) return []
      const written = node
        .findAll({ rule: { kind: 'keyword_argument' } })
        .find(each => each.field('name')?.text() === 'python')
        ?.field('value')
        ?.text()
      const text = lists.get(written ?? '') ?? written ?? ''
      return [...text.matchAll(/["'](\d+\.\d+)["']/g)].map(([, version = '']) => version)
    })
  })

const hatchVersions = (settings: Table): string[] =>
  Object.values(table(table(table(settings['tool'])['hatch'])['envs'])).flatMap(environment => {
    const matrix = table(environment)['matrix']
    return (Array.isArray(matrix) ? matrix : []).flatMap(entry => [
      ...strings(table(entry)['python']),
      ...strings(table(entry)['py']),
    ])
  })

const read = async (repository: Repository | undefined, trees: Trees): Promise<Known> => {
  const nox = await noxVersions(trees)
  const ini = (await repository?.text('tox.ini')) ?? ''
  let settings: Table = {}
  try {
    settings = parseToml((await repository?.text('pyproject.toml')) ?? '')
  } catch {
    // That it does not parse is told by those who read it as a manifest.
  }
  const tox = table(table(settings['tool'])['tox'])
  const legacy = typeof tox['legacy_tox_ini'] === 'string' ? tox['legacy_tox_ini'] : ''
  return {
    tox: [...toxList(ini), ...toxList(legacy), ...strings(tox['env_list'])],
    nox,
    hatch: hatchVersions(settings),
  }
}

/** The versions of Python that tox, nox and hatch make environments for, by the commands that start them. */
export const environmentVersions = async (
  repository: Repository | undefined,
  trees: Trees,
): Promise<(commands: string[]) => Runtime[]> => {
  const known = await read(repository, trees)
  const of = (command: string): string[] => {
    const words = command.split(/\s+/)
    const starts = (tool: string): boolean => words.some(word => word === tool || word.endsWith(`/${tool}`))
    if (starts('tox')) {
      const asked = /(?:^|\s)(?:-e|--env)[ =]?(\S+)/.exec(command)?.[1]
      return (asked === undefined ? known.tox : splitList(asked).flatMap(name => spread(name))).flatMap(
        name => ofToxName(name) ?? [],
      )
    }
    if (starts('nox')) {
      const asked = /(?:^|\s)(?:-p|--python)[ =]?(\S+)/.exec(command)?.[1]
      return asked === undefined ? known.nox : [asked]
    }
    return starts('hatch') && (/\s(-a|--all)(\s|$)/.test(command) || /\srun\s/.test(command)) ? known.hatch : []
  }
  return commands => [...new Set(commands.flatMap(of))].map(version => runtimeOf('python', version))
}
