import { posix } from 'node:path'
import { fieldOf } from '../../code/values.ts'
import type { Datum } from '../data.ts'
import type { Machine } from '../machine.ts'
import type { Script } from '../scripts.ts'
import { textOf } from '../texts.ts'
import { arrivals, at, nameOf, type Arrival, type Rule } from './arrival.ts'

const shell = /^(ba|z|k|da|a|fi)?sh$/

/** Programs that are given a program as a text: in what language, behind which option, and whether up to the end. */
const interpreters: [program: RegExp, language: Script | 'shell', option: RegExp, isRest?: true][] = [
  [shell, 'shell', /^-[a-z]*c$/],
  [/^cmd$/, 'shell', /^\/[ckr]$/i, true],
  [/^(powershell|pwsh)$/, 'PowerShell', /^-c(ommand)?$/i, true],
  [/^osascript$/, 'AppleScript', /^-e$/],
  [/^(python|pypy)[\d.]*w?$/, 'Python', /^-[a-zA-Z]*c$/],
  [/^(node|bun|perl|ruby)$/, 'JavaScript', /^(-[a-zA-Z]*e|-p|--eval|--print)$/],
  [/^deno$/, 'JavaScript', /^eval$/],
  [/^php$/, 'JavaScript', /^-r$/],
]
const running = /^(sudo|doas|env|nice|nohup|timeout|time|stdbuf|xargs|setsid|docker|podman|kubectl|oc|wsl)$/
export const interpreting = new Map([
  ['sys.executable', 'python'],
  ['global:process.execPath', 'node'],
])

/** What runs the server itself. */
export const itself = (datum: Datum): string | null =>
  (datum.is === 'some' && datum.path !== null && interpreting.get(datum.path)) || null

const wordOf = (datum: Datum): string | null =>
  datum.is === 'text' && datum.marks.size === 0 ? datum.text : itself(datum)

const programIn = (word: string | null): string =>
  posix.basename((word ?? '').replaceAll('\\', '/')).replace(/\.exe$/i, '')

const joinedWords = (given: Datum[], machine: Machine): Datum => {
  const words = given.flatMap(word => machine.plain(word))
  const texts = words.map(word => (word.is === 'text' ? word.text : textOf(word, false, machine)))
  const marks = new Set(words.flatMap(word => [...machine.marks(word)]))
  return texts.every(text => text !== null)
    ? { is: 'text', text: texts.join(' '), marks, as: 'text' }
    : { is: 'some', path: null, marks, why: 'words that are put together' }
}

/** A list of words that a shell puts together with blanks. */
export const shellLine = (given: Datum[], machine: Machine): Arrival[] => [
  { kind: 'shell', data: [joinedWords(given, machine)], program: null },
]

/** `bash -c TEXT`, `osascript -e TEXT`, `sudo python3 -c TEXT`: the text that is run. */
export const scriptsIn = (words: Datum[], machine: Machine): Arrival[] => {
  const written = words.map(wordOf)
  // a program that a setting or a caller names, with a default or without: only shells are asked like this
  const asked = written.findIndex(word => word !== null && /^-[a-z]*c$/.test(word))
  const isShell = (word: string | null): boolean => word === null || shell.test(programIn(word))
  if (written[0] === null && asked > 0 && asked === words.length - 2 && written.slice(0, asked).every(isShell))
    return shellLine(words.slice(asked + 1), machine)
  const last = running.test(programIn(written[0] ?? null)) ? written.length : 1
  for (let index = 0; index < last; index++) {
    const found = interpreters.find(([program]) => program.test(programIn(written[index] ?? null)))
    if (!found) continue
    const [, language, option, isRest] = found
    // what stands between them are other options and their values
    const before = written.findIndex((word, place) => place > index && word !== null && option.test(word))
    if (before < 0) return []
    const given = isRest ? words.slice(before + 1) : words.slice(before + 1, before + 2)
    if (given.length === 0) return []
    if (language === 'shell') return shellLine(given, machine)
    return [{ kind: 'code', data: [joinedWords(given, machine)], program: language }]
  }
  return []
}

/** `exec.exec(namespace, pod, container, ['sh', '-c', TEXT])`: a list of words for a program in a container. */
export const containers: Rule = {
  path: /^@kubernetes\/client-node:(default\.)?Exec\(\)\.exec$|^kubernetes\.stream\.stream$|^docker\b.*\.(exec_run|exec_create|run|create)$|^dockerode:.*\.(exec|run|createContainer)$/,
  look: (call, frame, machine) => {
    const given = [
      ...call.arguments,
      ...call.named.flatMap(([key, value]) => (/^(cmd|command)$/.test(key) ? [value] : [])),
    ]
    return given
      .flatMap(value => machine.values(value, frame))
      .flatMap(datum => (datum.is === 'record' ? machine.member(datum, 'Cmd') : [datum]))
      .flatMap(datum => (datum.is === 'list' ? scriptsIn(datum.items, machine) : []))
  },
}

const asCode = (language: Script, found: Arrival[]): Arrival[] => found.map(one => ({ ...one, program: language }))

/** A text that is run as a program by what interprets the server itself. */
export const code: Rule = {
  kind: 'code',
  path: /^global:(eval|Function)$|^vm:(runIn\w+|Script|compileFunction)$|^vm2:(Node)?VM\(\)\.run$|^builtins\.(eval|exec|compile)$|^code\.\w+\(\)\.run(code|source)$|^(pandas\.eval|pandas\..+\.(eval|query)|numexpr\.evaluate|sympy\.(sympify|parse_expr)|sympy\.parsing\.sympy_parser\.parse_expr)$/,
  look: (call, frame, machine) =>
    asCode(
      frame.module.language === 'python' ? 'Python' : 'JavaScript',
      arrivals('code', call.arguments.at(nameOf(call.callee).endsWith('Function') ? -1 : 0), frame, machine),
    ),
}

const isLoader = (datum: Datum): boolean =>
  datum.is === 'some' && /^yaml\.(C?Loader|C?UnsafeLoader)$/.test(datum.path ?? '')

/** What is read out of a text may be an object that does something when it is made. */
export const objects: Rule = {
  path: /^(c?[pP]ickle|dill|cloudpickle|_pickle|marshal)\.loads$|^jsonpickle\.(decode|loads)$|^yaml\.(load(_all)?|unsafe_load(_all)?)$|^node-serialize:(default\.)?unserialize$/,
  look: (call, frame, machine, path) => {
    const loader = at(call, 1, 'Loader')
    const isTold = /\.load(_all)?$/.test(path)
    if (isTold && !(loader && machine.values(loader, frame).some(isLoader))) return []
    return asCode('object', arrivals('code', call.arguments[0], frame, machine))
  },
}

/** A template that may ask for anything that the program has. */
export const templates: Rule = {
  kind: 'code',
  path: /^jinja2\.(Template|(environment\.)?Environment\(\)\.from_string)$|^mako\.template\.Template$|^(ejs|pug|nunjucks|lodash|lodash\/template|lodash\.template|dot|eta|mustache-eval):(default|default\.\w+|_)?\.?(render|compile|renderString|template)?$/,
  isCandidate: ({ callee }) => /^(Template|from_string|render|compile|renderString|template)$/.test(nameOf(callee)),
  look: (call, frame, machine) =>
    asCode('template', arrivals('code', call.arguments[0] ?? fieldOf(call.named, 'source'), frame, machine)),
}

/** A module that is found by its name. */
export const modules: Rule = {
  kind: 'code',
  path: /^importlib\.(import_module|__import__)$|^builtins\.__import__$/,
  look: (call, frame, machine) => asCode('module', arrivals('code', at(call, 0, 'name'), frame, machine)),
}

/** `find({ $where: TEXT })`: the database runs it. */
export const queries: Rule = {
  path: /^mongoose\b.*\.\$where$/,
  method:
    /^(find|findOne|findOneAnd\w+|count|countDocuments|updateOne|updateMany|deleteOne|deleteMany|find_one|\$where)$/,
  isCandidate: ({ callee, arguments: given }) =>
    nameOf(callee) === '$where' ||
    given.some(one => one.is === 'record' && fieldOf(one.fields, '$where') !== undefined),
  look: (call, frame, machine) =>
    call.arguments.slice(0, 1).flatMap(one => {
      const text = one.is === 'record' ? fieldOf(one.fields, '$where') : one
      return asCode('JavaScript', arrivals('code', text, frame, machine))
    }),
}
