import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { isSame } from './code/parts.ts'
import { fieldOf, innermost, isWithin, nameOf, type Call, type Module, type Value } from './code/values.ts'
import { namesCredential } from './credential-names.ts'
import { wordsOf } from './files/words.ts'
import { isInScope, project } from './project.ts'

/** A file or a folder that others on the machine may read or change. */
export interface LooseFile {
  file: string
  line: number
  saw: string
  wanted: string
}

export interface LooseFiles {
  loose: LooseFile[]
  /** Files with credentials that are closed to others. */
  closed: { file: string; line: number; saw: string }[]
  /** Where that was not decided. */
  open: { file: string; line: number }[]
}

const js = '(?:fs|fs/promises|fs-extra|graceful-fs):(?:default\\.)?(?:promises\\.)?'
const rules = {
  writing: new RegExp(
    `^${js}(?:writeFile|outputFile|outputJson|outputJSON|writeJson|writeJSON)(?:Sync)?$|^global:Bun\\.write$`,
  ),
  making: new RegExp(`^${js}(?:mkdir|ensureDir|mkdirp)(?:Sync)?$|^os\\.(?:mkdir|makedirs)$`),
  changing: new RegExp(`^${js}(?:f|l)?chmod(?:Sync)?$|^os\\.(?:f|l)?chmod$`),
}

/** The bits of a mode; null when they cannot be told. */
const bitsOf = (value: Value, place: Place, resolver: Resolver): number | null => {
  const found = resolver.things(value, place).map(({ value: made }) => {
    if (made.is === 'number') return made.number
    return made.is === 'text' && /^0?o?[0-7]{3,4}$/.test(made.text)
      ? Number.parseInt(made.text.replace('o', ''), 8)
      : null
  })
  const [only] = found
  return found.length === 1 ? (only ?? null) : null
}

/** Undefined where the call says nothing of a mode. */
const modeOf = (call: Call, place: Place, resolver: Resolver): number | null | undefined => {
  const records = call.arguments
    .slice(1)
    .flatMap(value => resolver.things(value, place))
    .flatMap(({ value }) => (value.is === 'record' ? [value] : []))
  const field =
    records.map(({ fields }) => fieldOf(fields, 'mode') ?? fieldOf(fields, '...')).find(one => one !== undefined) ??
    fieldOf(call.named, 'mode')
  const second = call.arguments[1]
  const given = field ?? (isMaking(call, place, resolver) && second?.is === 'number' ? second : undefined)
  return given ? bitsOf(given, place, resolver) : undefined
}

const isMaking = ({ callee }: Call, place: Place, resolver: Resolver): boolean =>
  rules.making.test(resolver.external(callee, place) ?? '')

const isOpenTo = (mode: number, bits: number): boolean => (mode & bits) !== 0

/** The file of a credential by its name: `token.json`, `.credentials`, `oauth2-tokens.json`, `.env`. */
const credentialFile =
  /(^|[/\\.])[\w.-]*(?<![a-z])(tokens?|credentials?|secrets?|oauth2?|auth|cookies?|session-?cookies?|api-?keys?)([-_.]?(cache|store|v\d))?(\.(json|ya?ml|toml|txt|pickle|pkl|enc|dat|key))?$|(^|[/\\])\.env$/i
const noCredential = /tokeni[sz]er|vocab|merges|count|usage|example|sample|template|schema|author|max|limit/i
const constantName =
  /^_?#?(\w*_)?(token|tokens|credential|credentials|secret|secrets|auth|oauth|cookies?)_?(json_?)?(file|path|filepath|file_?name|cache)\w*$/i
const fieldNames = /^(access|refresh|id|bearer|auth)_?token$|^client_?secret$|^api_?key$|^private_?key$|^password$/i

const isCredentialFile = (value: Value, place: Place, resolver: Resolver): boolean => {
  const { texts, names } = wordsOf(value, place, resolver)
  const last = texts.findLast(text => /[a-z]/i.test(text)) ?? ''
  return (
    (credentialFile.test(last) && !noCredential.test(last)) ||
    (names.some(name => constantName.test(snaked(name))) && !texts.some(text => noCredential.test(text)))
  )
}

const snaked = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()

/** The content holds a credential: by the name of a field, or of what is written. */
const isCredential = (value: Value, place: Place, resolver: Resolver): boolean => {
  const { names, outside } = wordsOf(value, place, resolver)
  if ([...names, ...outside].some(name => /encrypt|cipher|seal|redact|mask/i.test(name))) return false
  return names.some(
    name => fieldNames.test(name) || namesCredential(name) || /^(tokens?|creds?|cookies|jar)$/i.test(name),
  )
}

/** What is written: the second argument, or what a handle of the file is given. */
const contentsOf = (call: Call, { module }: Place): Value[] => {
  const { callee, arguments: given } = call
  if (module.language === 'typescript') return given.slice(1, 2)
  if (callee.is === 'member' && /^write_(text|bytes)$/.test(callee.name)) return given.slice(0, 1)
  const context = module.contexts.find(({ value }) => value === call)
  if (!context) return []
  const handle = module.declarations.find(({ value, at }) => value === call && isWithin(at, context))?.name
  return module.calls.flatMap(one => {
    if (!isWithin(one.at, context)) return []
    const isWrite = one.callee.is === 'member' && one.callee.name === 'write' && nameOf(one.callee.of) === handle
    const isDump = nameOf(one.callee) === 'dump' && one.arguments.some(each => nameOf(each) === handle)
    return isWrite || isDump ? one.arguments.slice(0, 1) : []
  })
}

const isWriting = (call: Call, place: Place, resolver: Resolver): boolean => {
  const path = resolver.external(call.callee, place) ?? ''
  if (place.module.language === 'typescript') return rules.writing.test(path)
  if (call.callee.is === 'member' && /^write_(text|bytes)$/.test(call.callee.name)) return true
  const mode = call.arguments[1] ?? fieldOf(call.named, 'mode')
  return /^(builtins|io|codecs|aiofiles)\.open$/.test(path) && mode?.is === 'text' && /[wx]/.test(mode.text)
}

const pathOf = (call: Call): Value | undefined =>
  call.callee.is === 'member' && /^write_(text|bytes)$/.test(call.callee.name) ? call.callee.of : call.arguments[0]

/** Something in the file closes what is there to others: `chmod(path, 0o600)`, a folder of mode 0o700, a umask. */
const closes = (module: Module, resolver: Resolver): boolean => {
  const place: Place = { module, frames: [] }
  return module.calls.some(call => {
    const path = resolver.external(call.callee, place) ?? ''
    const name = nameOf(call.callee)
    if (/^(os\.umask|global:process\.umask|process:umask)$/.test(path)) return true
    const isChange = rules.changing.test(path) || /^(f|l)?chmod(Sync)?$/.test(name)
    const bits = isChange
      ? call.arguments.map(value => bitsOf(value, place, resolver)).find(one => one !== null)
      : rules.making.test(path) || name === 'mkdir'
        ? modeOf(call, place, resolver)
        : undefined
    // a mode that cannot be told may be a good one
    return isChange
      ? bits === undefined || !isOpenTo(bits ?? 0, 0o077)
      : bits !== undefined && !isOpenTo(bits ?? 0, 0o077)
  })
}

/** `chmod(path, 0o600)` of the very file that is written. */
const closesIt = (target: Value, module: Module, resolver: Resolver): boolean => {
  const place: Place = { module, frames: [] }
  return module.calls.some(call => {
    const { callee, arguments: given } = call
    if (!/^(f|l)?chmod(Sync)?$/.test(nameOf(callee))) return false
    const isOf = [...given.slice(0, 1), ...(callee.is === 'member' ? [callee.of] : [])].some(one => isSame(one, target))
    const bits = given.map(value => bitsOf(value, place, resolver)).find(one => one !== null)
    return isOf && bits !== undefined && bits !== null && !isOpenTo(bits, 0o077)
  })
}

const shared = /^os:(default\.)?tmpdir$|^tempfile\.gettempdir$/
const random = /random|uuid|mkdtemp|mkstemp|nanoid|token_hex|getpid|:pid$|\.pid$/i
const sharedText = /^\/(var\/)?tmp(\/|$)|^\/dev\/shm(\/|$)/
const coveted = /(^|[^a-z])(pid|sock|socket|daemon|ipc|tokens?|credentials?|secrets?|cookies?|auth)([^a-z]|$)/i

/** A folder of a known name in a place that all share, for what others want to have: processes, sockets, credentials. */
const inShared = (call: Call, place: Place, resolver: Resolver): boolean => {
  const isMethod = call.callee.is === 'member' && call.callee.name === 'mkdir' && !isMaking(call, place, resolver)
  const folder = isMethod && call.callee.is === 'member' ? call.callee.of : call.arguments[0]
  if (!folder) return false
  const { texts, names, outside } = wordsOf(folder, place, resolver)
  const isShared = texts.some(text => sharedText.test(text)) || outside.some(path => shared.test(path))
  return (
    isShared &&
    ![...outside, ...names].some(name => random.test(name)) &&
    [...texts, ...names.map(snaked)].some(word => coveted.test(word.replaceAll('_', ' ')))
  )
}

const toldBy = ({ frames: [frame] }: Place): string =>
  frame ? `: it is named in ${frame.caller.module.path}:${frame.call.line}` : ''

/** Where a write stands, by itself and as each caller of its function has it: `save('tokens.json', tokens)`. */
const placesOf = (call: Call, module: Module, resolver: Resolver): Place[] => {
  const of = innermost(module.functions, call.at)
  const callers = of ? resolver.callers(of, module) : []
  return [
    { module, frames: [] },
    ...callers.flatMap(({ call: given, module: from }) =>
      of ? [{ module, frames: [{ function: of, call: given, caller: { module: from, frames: [] } }] }] : [],
    ),
  ]
}

const looseIn = (module: Module, resolver: Resolver): LooseFiles => {
  const place: Place = { module, frames: [] }
  const isClosing = closes(module, resolver)
  const loose: LooseFile[] = []
  const closed: LooseFiles['closed'] = []
  const open: LooseFiles['open'] = []
  for (const call of module.calls) {
    const at = { file: module.path, line: call.line }
    const path = resolver.external(call.callee, place) ?? ''
    const name = nameOf(call.callee)
    if (rules.changing.test(path) || (module.language === 'python' && name === 'chmod')) {
      const bits = call.arguments.map(value => bitsOf(value, place, resolver)).findLast(one => one !== null)
      // with the sticky bit nobody removes what is another's
      if (bits !== undefined && bits !== null && isOpenTo(bits, 0o002) && !isOpenTo(bits, 0o1000))
        loose.push({
          ...at,
          saw: `${name} lets everybody on the machine change it (0o${bits.toString(8)})`,
          wanted: '0o600, 0o700 for a folder',
        })
    } else if (isWriting(call, place, resolver)) {
      const target = pathOf(call)
      const contents = contentsOf(call, place)
      if (!target || contents.length === 0) continue
      const given = placesOf(call, module, resolver).find(
        each => contents.some(value => isCredential(value, each, resolver)) && isCredentialFile(target, each, resolver),
      )
      if (!given) continue
      const mode = module.language === 'typescript' ? modeOf(call, given, resolver) : undefined
      // that something in the file is closed does not say that it is this
      if (closesIt(target, module, resolver)) closed.push({ ...at, saw: `${name} of a credential, closed by chmod` })
      else if (mode === null || (mode === undefined && isClosing)) open.push(at)
      else if (mode !== undefined && !isOpenTo(mode, 0o077))
        closed.push({ ...at, saw: `${name} of a credential with mode 0o${mode.toString(8)}` })
      else
        loose.push({
          ...at,
          saw: `${name} leaves a credential in a file that every user of the machine may read${toldBy(given)}`,
          wanted: 'mode 0o600 as it is made, in a folder of mode 0o700',
        })
    } else if ((rules.making.test(path) || name === 'mkdir') && inShared(call, place, resolver)) {
      const mode = modeOf(call, place, resolver)
      const isOpened = mode === undefined ? !isClosing : mode !== null && isOpenTo(mode, 0o077)
      if (isOpened)
        loose.push({
          ...at,
          saw: `${name} makes a folder of a known name among the temporary files of all users, open to others`,
          wanted: 'mode 0o700, or a folder that mkdtemp makes',
        })
    }
  }
  return { loose, closed, open }
}

/** Files and folders that others on the machine may read or change, as the source makes them. */
export const looseFiles = gatherer<LooseFiles, { modules: typeof modules; project: typeof project }>({
  id: 'loose-files',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules: source, project }) => {
    const resolver = openResolver(source)
    const all = source.all.filter(({ path }) => isInScope(project, path)).map(module => looseIn(module, resolver))
    return {
      loose: all.flatMap(({ loose }) => loose),
      closed: all.flatMap(({ closed }) => closed),
      open: all.flatMap(({ open }) => open),
    }
  },
})
