import {
  filePath,
  image,
  line,
  moduleName,
  npmPackage,
  plainName,
  pythonPackage,
  sameRepository,
  split,
  withoutVersion,
  type Owner,
  type StartLine,
} from './own-names.ts'

const dockerValued =
  /^(-e|--env|--env-file|-v|--volume|-p|--publish|--name|--network|--mount|-u|--user|-w|--workdir|--entrypoint|--add-host|-l|--label|--platform|--pull|--memory|-m|--cpus|--cap-add|--cap-drop|--security-opt|--restart|--tmpfs|--hostname|-h)$/

const container = (words: string[], owner: Owner): StartLine | null => {
  const [verb = '', ...rest] = words
  if (verb === 'compose') return line('own', 'container')
  if (verb === 'build' || verb === 'buildx') return line('own', 'sources')
  if (!/^(run|pull)$/.test(verb)) return null
  let at = 0
  while (at < rest.length && (rest[at] ?? '').startsWith('-')) at += dockerValued.test(rest[at] ?? '') ? 2 : 1
  return rest[at] ? image(rest[at] ?? '', owner) : null
}

const npmValued = ['-p', '--package', '-c', '--call', '--registry', '--prefix']
const uvValued = [
  '--from',
  '--with',
  '--python',
  '-p',
  '--directory',
  '--project',
  '--package',
  '--index-url',
  '--extra',
  '--env-file',
  '--index',
  '--with-editable',
  '--refresh-package',
]

const npx = (words: string[], owner: Owner): StartLine | null => {
  const { rest, values } = split(words, npmValued)
  const named = values['-p'] ?? values['--package']
  const [first = ''] = rest
  if (/^(mcp-remote|mcp-proxy|supergateway)(@|$)/.test(first)) return line('unclear', 'remote')
  return (named ?? first) === '' ? null : npmPackage(named ?? first, owner, true)
}

const uvx = (words: string[], owner: Owner): StartLine | null => {
  const { rest, values } = split(words, uvValued)
  const [first = ''] = rest
  const from = values['--from'] ?? values['--with-editable']
  if (first === '' && !from) return null
  return pythonPackage(from ?? first, from ? first : withoutVersion(first), owner)
}

const command = (name: string, owner: Owner): StartLine | null => {
  const { node, python } = owner.project
  const own = [...node.flatMap(({ bin }) => Object.keys(bin)), ...python.flatMap(({ scripts }) => Object.keys(scripts))]
  const asked = plainName(name.replace(/\.exe$/i, ''))
  return own.some(each => plainName(each) === asked) ? line('own', 'sources') : null
}

const uv = (words: string[], owner: Owner): StartLine | null => {
  const { rest } = split(words, uvValued)
  const [verb = '', ...more] = rest
  const inner = split(more, uvValued).rest
  const [first = ''] = inner
  if (verb === 'tool')
    return first === 'run' ? uvx(inner.slice(1), owner) : installed(split(inner.slice(1), uvValued).rest, owner)
  if (verb === 'sync' || (verb === 'pip' && inner.includes('-r'))) return line('own', 'sources')
  if (verb === 'pip' || verb === 'add')
    return installed(split(verb === 'pip' ? inner.slice(1) : inner, uvValued).rest, owner)
  if (verb !== 'run') return null
  if (first.endsWith('.py')) return filePath(first, owner)
  if (/^python3?$/.test(first) || first === '-m') return startOf(first === '-m' ? ['python', ...inner] : inner, owner)
  if (/^(mcp|fastmcp)$/.test(first))
    return filePath((inner.find(word => /\.py(:|$)/.test(word)) ?? '').replace(/:.*/, ''), owner)
  return (
    command(first, owner) ??
    (moduleName(first, owner).names === 'own' ? line('own', 'sources') : line('unclear', 'sources'))
  )
}

const installed = (names: string[], owner: Owner): StartLine | null => {
  const found = names.filter(name => !name.startsWith('-')).map(name => pythonPackage(name, null, owner))
  return found.find(({ names }) => names === 'own') ?? found[0] ?? null
}

const npm = (words: string[], owner: Owner): StartLine | null => {
  const [verb = 'install', ...rest] = words.filter(word => !/^-(?!p$)/.test(word))
  if (/^(exec|x|dlx)$/.test(verb)) return npx(rest, owner)
  if (/^(run|start)$/.test(verb))
    return verb === 'start' || /start|serve|dev|mcp|stdio|http|inspect/.test(rest[0] ?? '')
      ? line('own', 'sources')
      : null
  if (!/^(i|install|add|ci|global)$/.test(verb)) return null
  const named = rest.filter(word => word !== 'add')
  if (named.length === 0) return line('own', 'sources')
  const found = named.map(name => npmPackage(name, owner, false))
  return found.find(({ names }) => names === 'own') ?? found[0] ?? null
}

const foreignInstall = (written: string, { foreign }: Owner): StartLine =>
  line(foreign.some(name => written.startsWith(name)) ? 'own' : foreign.length > 0 ? 'other' : 'unclear', 'registry')

/** What a command line starts or installs; null when it does neither. */
export const startOf = (words: string[], owner: Owner): StartLine | null => {
  const [program = '', ...rest] = words[0] === 'sudo' ? words.slice(1) : words
  const inner = rest.indexOf('--')
  if (/^(claude|codex|gemini|amp|copilot|q|fastmcp|mcp)$/.test(program)) {
    if (program === 'fastmcp' || program === 'mcp')
      return filePath((rest.find(word => /\.py/.test(word)) ?? '').replace(/:.*/, ''), owner)
    if (rest.some(word => /^https?:/.test(word))) return line('unclear', 'remote')
    return inner >= 0 ? startOf(rest.slice(inner + 1), owner) : null
  }
  if (program === 'cmd' && /^\/c$/i.test(rest[0] ?? '')) return startOf(rest.slice(1), owner)
  if (/^(npx|bunx|pnpx)$/.test(program)) return npx(rest, owner)
  if (/^(npm|pnpm|yarn|bun)$/.test(program)) return npm(rest, owner)
  if (program === 'uvx') return uvx(rest, owner)
  if (program === 'uv') return uv(rest, owner)
  if (program === 'pipx') return rest[0] === 'run' ? uvx(rest.slice(1), owner) : installed(rest.slice(1), owner)
  if (/^pip3?$/.test(program))
    return rest[0] !== 'install' ? null : rest.includes('-r') ? line('own', 'sources') : installed(rest.slice(1), owner)
  if (program === 'poetry' || program === 'pdm')
    return /^(install|run)$/.test(rest[0] ?? '') ? line('own', 'sources') : null
  if (/^(docker|podman)$/.test(program)) return container(rest, owner)
  if (program === 'docker-compose') return line('own', 'container')
  if (program === 'git')
    return rest[0] === 'clone'
      ? line(sameRepository(rest.find(word => /[/:]/.test(word)) ?? '', owner), 'sources')
      : null
  if (program === 'make' || program === 'just') return line('own', 'script')
  if (program === 'brew' || program === 'helm' || program === 'scoop')
    return /^(install|upgrade)$/.test(rest[0] ?? '') ? line('unclear', 'registry') : null
  if (program === 'go' || program === 'cargo') {
    const name = rest.find((word, at) => at > 0 && !word.startsWith('-'))
    return rest[0] === 'install'
      ? foreignInstall(name ?? '', owner)
      : rest[0] === 'build' || rest[0] === 'run'
        ? line('own', 'sources')
        : null
  }
  if (/^(python3?(\.\d+)?|node|tsx|ts-node|deno)$|\/(python3?|node)$/.test(program)) {
    const at = rest.indexOf('-m')
    if (at >= 0)
      return rest[at + 1] === 'pip'
        ? startOf(rest.slice(at + 1), owner)
        : rest[at + 1] === 'venv'
          ? null
          : moduleName(rest[at + 1] ?? '', owner)
    const path = rest.find(word => /\.([mc]?[jt]s|py)$/.test(word))
    return path ? filePath(path, owner) : null
  }
  if (/^(ba|z)?sh$/.test(program) || /\.(sh|bash|ps1)$/.test(program))
    return { ...filePath(rest.find(word => word.endsWith('.sh')) ?? program, owner), how: 'script' }
  return command(program.split('/').at(-1) ?? '', owner)
}
