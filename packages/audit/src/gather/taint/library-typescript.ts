import { posix } from 'node:path'
import { answerOf, isAddress, resolved } from './addresses.ts'
import { distinct, holds, joined, nil, some, text, truth, unmarked, type Datum, type Marks } from './data.ts'
import { exists, folders, realPath } from './folders.ts'
import type { Library, Known } from './library.ts'
import type { Machine } from './machine.ts'
import { replaced } from './patterns.ts'
import { textOf } from './texts.ts'

/** What is made of a text says what the text says; what is not known about it says something else. */
const marked = (datum: Datum, marks: Marks): Datum => {
  if (datum.is === 'list') return { is: 'list', items: datum.items.map(item => marked(item, marks)) }
  if (datum.is === 'fields')
    return {
      is: 'fields',
      fields: new Map([...datum.fields].map(([key, all]) => [key, all.map(one => marked(one, marks))])),
    }
  return datum.is === 'text' || datum.is === 'constant' || datum.is === 'number' ? { ...datum, marks } : datum
}

/** `Boolean(x)`, `bool(x)`: what depends on the request does so in this form as well. */
export const asTruth: Known = ([of], _, machine) => {
  const held = of ? holds(of) : null
  const marks = of ? machine.marks(of) : unmarked
  return [held === null ? some(marks) : truth(held, marks)]
}

/** A function of texts; null when one of them is not known. */
export const ofTexts =
  (make: (...texts: string[]) => Datum[] | string | boolean | null, front = true): Known =>
  (given, _, machine) => {
    const texts = given.map((one, index) => textOf(one, front && index === 0, machine))
    if (!texts.every(one => one !== null)) return null
    const made = make(...texts)
    const marks = joined(given.map(one => machine.marks(one)))
    if (made === null) return null
    if (typeof made === 'string') return [text(made, marks)]
    return typeof made === 'boolean' ? [truth(made, marks)] : made.map(one => marked(one, marks))
  }

const same: Known = ([first]) => (first ? [first] : null)
const anyNumber: Known = () => [{ is: 'number', number: Number.NaN }]
const numberOf: Known = ([of, base]) => {
  if (of?.is !== 'text' || !/^\d{1,9}$/.test(of.text)) return [{ is: 'number', number: Number.NaN }]
  const isInTens = base === undefined || (base.is === 'number' && base.number === 10)
  return [{ is: 'number', number: isInTens ? Number(of.text) : Number.NaN, marks: of.marks }]
}
const listOf = (one: Datum | undefined, machine: Machine): Datum[] => {
  const items = one && machine.items(one)
  return [{ is: 'list', items: items ?? (one ? [some(machine.marks(one))] : []) }]
}

const parsedUrl = (written: string, base?: string): Datum[] =>
  URL.canParse(written, base) ? [text(new URL(written, base).href, undefined, 'url')] : []

/** An address of the settings is one. */
const asUrl = (part: Datum | undefined): Datum[] =>
  part === undefined ? [] : [part.is === 'some' && part.marks.size === 0 ? text('https://host.example/') : part]

const decoded = (written: string): string | null => {
  try {
    return decodeURIComponent(written)
  } catch {
    return null
  }
}

const entries = (of: Datum | undefined, how: string, machine: Machine): Datum[] | null => {
  if (of?.is === 'record' && of.of.fields.every(([key]) => key !== '...' && key !== ''))
    return [
      {
        is: 'list',
        items: of.of.fields.flatMap(([key]): Datum[] => {
          const values = how === 'keys' ? [] : machine.member(of, key)
          if (how === 'keys') return [text(key)]
          return how === 'values' ? values : values.map((value): Datum => ({ is: 'list', items: [text(key), value] }))
        }),
      },
    ]
  if (of?.is !== 'input') return null
  const [item] = machine.items(of) ?? []
  if (!item) return null
  const key = some(machine.marks(of), 'the name of a field')
  return [
    { is: 'list', items: how === 'keys' ? [key] : how === 'values' ? [item] : [{ is: 'list', items: [key, item] }] },
  ]
}

const none = { positional: [], named: new Map<string, Datum[]>() }
const files = '(fs|fs/promises|fs-extra|graceful-fs):(promises\\.)?'
const paths = '^path(/posix)?:(posix\\.)?'
const regularExpression: Known = ([pattern, flags]) =>
  pattern?.is === 'text' && pattern.marks.size === 0
    ? [{ is: 'pattern', text: pattern.text, flags: flags?.is === 'text' ? flags.text : '' }]
    : pattern?.is === 'pattern'
      ? [pattern]
      : null

export const typescriptLibrary: Library = [
  [new RegExp(`${paths}join$`), ofTexts((...parts) => posix.join(...parts))],
  [new RegExp(`${paths}resolve$`), ofTexts((...parts) => posix.resolve(folders.root, ...parts))],
  [new RegExp(`${paths}(normalize|toNamespacedPath)$`), ofTexts(path => posix.normalize(path))],
  [new RegExp(`${paths}dirname$`), ofTexts(path => posix.dirname(path))],
  [new RegExp(`${paths}basename$`), ofTexts((path, end) => posix.basename(path, end))],
  [new RegExp(`${paths}extname$`), ofTexts(path => posix.extname(path))],
  [new RegExp(`${paths}isAbsolute$`), ofTexts(path => posix.isAbsolute(path))],
  [
    new RegExp(`${paths}relative$`),
    ofTexts((from, to) => posix.relative(posix.resolve(folders.root, from), posix.resolve(folders.root, to ?? ''))),
  ],
  [
    new RegExp(`${paths}parse$`),
    ([path], _, machine) => {
      const written = path && textOf(path, true, machine)
      if (path === undefined || written === null || written === undefined) return null
      const fields = Object.entries(posix.parse(written)).map(([key, part]): [string, Datum[]] => [
        key,
        [text(part, machine.marks(path))],
      ])
      return [{ is: 'fields', fields: new Map(fields) }]
    },
  ],
  [/^global:process\.cwd$/, () => [text(folders.root)]],
  [/^(os:|global:os\.)homedir$/, () => [text(folders.home)]],
  [/^os:tmpdir$/, () => [text(folders.temporary)]],
  [/^url:fileURLToPath$/, ofTexts(url => (URL.canParse(url) ? decoded(new URL(url).pathname) : url))],
  [new RegExp(`^${files}realpath(Sync)?(\\.native)?$`), ofTexts(path => realPath(path) ?? [])],
  [new RegExp(`^${files}(access|stat|lstat)(Sync)?$`), ofTexts(path => (exists(path) ? [some()] : []))],
  [new RegExp(`^${files}(existsSync|exists|pathExists(Sync)?)$`), ofTexts(path => [truth(exists(path))])],
  [
    /^(global:|url:)URL$/,
    ([path, base], named, machine, whole) => ofTexts(parsedUrl)([path, base].flatMap(asUrl), named, machine, whole),
  ],
  [/^(global:|url:)URL\.canParse$/, ofTexts((url, base) => URL.canParse(url, base))],
  [/^(global:|url:)URL\.parse$/, ofTexts((url, base) => (URL.canParse(url, base) ? parsedUrl(url, base) : [nil]))],
  [
    /^net:isIP$/,
    ofTexts(written => [{ is: 'number', number: isAddress(written) ? (written.includes(':') ? 6 : 4) : 0 }]),
  ],
  [/^net:isIPv4$/, ofTexts(written => isAddress(written) && !written.includes(':'))],
  [/^net:isIPv6$/, ofTexts(written => isAddress(written) && written.includes(':'))],
  // it knows addresses alone: a whole URL is none, and what a name leads to is left open
  [
    /^(private-ip|is-private-ip):(default)?$|^ip:(default\.)?isPrivate$/,
    ofTexts(written => {
      if (isAddress(written)) return answerOf(written, 'isPrivate') === true
      return /[/:]/.test(written) ? false : null
    }, false),
  ],
  [
    /^ipaddr\.js:(parse|process)$/,
    ofTexts(written => (isAddress(written) ? [text(written, undefined, 'address')] : [])),
  ],
  [
    /^dns(\/promises)?:(default\.)?(promises\.)?lookup$/,
    ([name, options], _, machine) => {
      const found = ofTexts(resolved)(name ? [name] : [], new Map(), machine, none)
      if (!found) return null
      const one: Datum = {
        is: 'fields',
        fields: new Map([
          ['address', found],
          ['family', [{ is: 'number', number: 4 }]],
        ]),
      }
      const isAll = options !== undefined && machine.member(options, 'all').some(each => holds(each) === true)
      return isAll ? [{ is: 'list', items: [one] }] : [one]
    },
  ],
  [
    /^dns(\/promises)?:(default\.)?(promises\.)?resolve4?$/,
    ofTexts(name => [{ is: 'list', items: [text(resolved(name))] }]),
  ],
  [/^url:parse$/, ofTexts(url => (URL.canParse(url) ? parsedUrl(url) : null))],
  [/^(global:)?encodeURI(Component)?$|^global:encodeURI(Component)?$/, ofTexts(part => encodeURIComponent(part))],
  [/^global:decodeURI(Component)?$/, ofTexts(part => decoded(part) ?? [])],
  [
    /^global:(atob|Buffer\.from)$/,
    ([of, how], _, __, { positional }) => {
      const isDecoded = positional.length === 1 ? false : how?.is === 'text' && /^(base64(url)?|hex)$/.test(how.text)
      // whoever wants a text to arrive sends what it is decoded from
      return isDecoded && of?.is === 'text' && of.marks.size > 0 ? [of] : null
    },
  ],
  [/^global:String(\(\))?$/, ofTexts(written => written)],
  [/^global:(Number|BigInt)$/, ([of], ...rest) => numberOf([of ?? nil], ...rest)],
  [/^global:(Number\.)?parse(Int|Float)$/, numberOf],
  [/^global:(Date|Buffer\.byteLength|Math\.\w+)$/, anyNumber],
  [/^global:Boolean$/, asTruth],
  [/^global:JSON\.stringify$/, ofTexts(written => JSON.stringify(written))],
  [/^global:Object\.entries$/, ([of], _, machine) => entries(of, 'entries', machine)],
  [/^global:Object\.keys$/, ([of], _, machine) => entries(of, 'keys', machine)],
  [/^global:Object\.values$/, ([of], _, machine) => entries(of, 'values', machine)],
  [/^global:Object\.(freeze|seal|assign|create)$|^global:structuredClone$/, same],
  [/^global:Array\.isArray$/, ([of]) => [of?.is === 'list' ? truth(true) : of?.is === 'text' ? truth(false) : some()]],
  [/^global:(Array\.from|Set)$/, ([of], _, machine) => listOf(of, machine)],
  [
    // what an attack asks for is kept under no key of theirs, unless it was served before; `name` may be that of a tool
    /^(global:Map|lru-cache:(LRUCache|default)|quick-lru:(default)?|node-cache:(default)?)\(\)\.get$/,
    ([key], _, { trial }) =>
      key?.is === 'text' && key.marks.size > 0 && trial.attacked !== 'name' ? [{ ...nil, marks: key.marks }] : null,
  ],
  [/^global:Array\.of$/, given => [{ is: 'list', items: given }]],
  [/^global:Promise\.(all|allSettled)$/, ([of], _, machine) => listOf(of, machine)],
  [/^global:Promise\.(race|any)$/, ([of], _, machine) => distinct([some(), ...((of && machine.items(of)) ?? [])])],
  [/^global:Promise\.resolve$/, ([of]) => [of ?? nil]],
  [/^global:Promise(\.reject)?$/, () => [some()]],
  [/^util:(promisify|callbackify)$/, same],
  [/^global:RegExp$/, regularExpression],
  [/^(shell-quote:quote|shell-escape:|shescape:.*quote(All)?)$/, () => [text("'quoted'")]],
  [
    /^(lodash(\.escaperegexp)?(\/escapeRegExp)?:(escapeRegExp)?|escape-string-regexp:|global:RegExp\.escape)$/,
    ofTexts(written => replaced({ text: '[.*+?^${}()|\\[\\]\\\\-]', flags: 'g' }, written, '\\$&', true)),
  ],
  [/^sanitize-filename:$/, ofTexts(written => written.replaceAll(/[/\\?<>:*|"]/g, ''))],
]
