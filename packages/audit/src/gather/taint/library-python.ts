import { posix } from 'node:path'
import { isAddress, resolved } from './addresses.ts'
import { distinct, joined, nil, sizesOf, some, text, truth, unmarked, type Datum } from './data.ts'
import { commonPath, exists, folders, joinedPaths, realPath } from './folders.ts'
import type { Known, Library } from './library.ts'
import { asTruth, ofTexts } from './library-typescript.ts'
import { quantifiedItems } from './lists.ts'
import type { Machine } from './machine.ts'
import { foundBy, missedBy } from './captures.ts'
import { matched, replaced, tested, type Pattern } from './patterns.ts'
import { apart, textOf } from './texts.ts'

const quoted = (written: string): string =>
  /^[\w@%+=:,./-]+$/.test(written) ? written : `'${written.replaceAll("'", `'"'"'`)}'`

/** Words as a shell would take them apart, without looking into substitutions. */
const wordsOf = (written: string): string[] =>
  [...written.matchAll(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
      (_, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? '',
    ),
  )

const asPath: Known = (given, _, machine) => {
  const texts = given.map((one, index) => textOf(one, index === 0, machine))
  const marks = joined(given.map(one => machine.marks(one)))
  return texts.every(one => one !== null) ? [text(joinedPaths(texts) || '.', marks, 'path')] : null
}

const patternOf = (of: Datum | undefined, flags: Datum | undefined, machine: Machine): Pattern | null => {
  if (of?.is === 'pattern') return of
  if (of?.is !== 'text' || machine.marks(of).size > 0) return null
  const named = flags?.is === 'some' ? (flags.path ?? '') : ''
  const isMultiline = /\.M(ULTILINE)?$/.test(named)
  return {
    text: of.text.replaceAll('\\Z', '\\z'),
    flags: `${/\.I(GNORECASE)?$/.test(named) ? 'i' : ''}${isMultiline ? 'm' : ''}`,
  }
}

const matching =
  (how: 'search' | 'match' | 'fullmatch'): Known =>
  ([of, subject, flags], _, machine) => {
    const pattern = patternOf(of, flags, machine)
    const written = subject && textOf(subject, false, machine)
    if (!pattern || !subject || written === null || written === undefined) return null
    const marks = machine.marks(subject)
    const found = how === 'search' ? tested(pattern, written) : matched(pattern, written, how === 'fullmatch')
    if (found === null) return [some(marks, 'a pattern that is not read here')]
    const isFromStart = how !== 'search'
    return [
      found ? foundBy(pattern, written, marks, machine, isFromStart) : missedBy(pattern, marks, machine, isFromStart),
    ]
  }

const substituted: Known = ([of, by, subject], _, machine) => {
  const pattern = patternOf(of, undefined, machine)
  const written = subject && textOf(subject, false, machine)
  if (!pattern || !subject || by?.is !== 'text' || written === null || written === undefined) return null
  const put = by.text
    .replaceAll('$', '$$$$')
    .replaceAll(/\\g<(\w+)>|\\(\d)/g, (_, name?: string, digit?: string) => `$${name ?? digit ?? ''}`)
  const made = replaced(pattern, written, put, true)
  return made === null ? null : [text(made, machine.marks(subject))]
}

const items = (of: Datum | undefined, machine: Machine): Datum[] => {
  const found = of && machine.items(of)
  return found ?? (of ? [some(machine.marks(of))] : [])
}
const listed: Known = ([of], _, machine) => [{ is: 'list', items: items(of, machine) }]
const anyNumber: Known = () => [{ is: 'number', number: Number.NaN }]
const sized: Known = (given, ...others) => {
  const [of] = given
  return of?.is === 'list' ? sizesOf(of) : anyNumber(given, ...others)
}
const numbered: Known = ([of], _, machine) => [
  {
    is: 'list',
    items: items(of, machine).map((item): Datum => ({
      is: 'list',
      items: [{ is: 'number', number: Number.NaN }, item],
    })),
  },
]
/** What is no URL has parts as well: all but the path are empty. */
const urlOf = (written: string): Datum[] => {
  const whole = written.startsWith('//') ? `https:${written}` : written
  if (URL.canParse(whole)) return [text(new URL(whole).href, undefined, 'url')]
  const empty = ['scheme', 'netloc', 'query', 'fragment'].map((name): [string, Datum[]] => [name, [text('')]])
  return [
    { is: 'fields', fields: new Map([...empty, ['hostname', [nil]], ['port', [nil]], ['path', [text(written)]]]) },
  ]
}

const called =
  (skipped: number): Known =>
  (given, named, machine, { positional }) => {
    const callee = given[skipped]
    if (!callee) return null
    return machine.apply(callee, { positional: positional.slice(skipped + 1), named: new Map(named) }, null)
  }

/** What is certain not to be a text. */
const otherTypes = /^builtins\.(list|tuple|set|dict|int|float|bool|bytes|bytearray|frozenset)$/

/** Of a text and of a list is known what they are; null of anything else. */
const isOfType = (of: Datum, type: Datum): boolean | null => {
  const path = type.is === 'some' ? (type.path ?? '') : ''
  if (of.is === 'text' && of.as === 'text') return path === 'builtins.str' ? true : otherTypes.test(path) ? false : null
  if (of.is === 'list')
    return /^builtins\.(str|dict|int|float|bool|bytes)$/.test(path) ? false : path === 'builtins.list' ? true : null
  return null
}

/** What is asked of something that a parser made of the request, such as a tree: it depends on the request. */
const ofMade =
  (name: string, known: Known): Known =>
  (given, named, machine, whole) => {
    const [of] = given
    const marks = of?.is === 'some' || of?.is === 'method' ? machine.marks(of) : unmarked
    return marks.size > 0 ? [some(marks, `${name}()`)] : known(given, named, machine, whole)
  }

const instance: Known = ([of, type], _, machine) => {
  const answers = of && type ? (machine.items(type) ?? [type]).map(each => isOfType(of, each)) : [null]
  if (answers.includes(true)) return [truth(true)]
  return [answers.every(answer => answer === false) ? truth(false) : some()]
}

/** A text as it is written in a program. */
const written = (of: string): string => {
  const quote = of.includes("'") && !of.includes('"') ? '"' : "'"
  return `${quote}${of
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll(quote, `\\${quote}`)}${quote}`
}

/** Whoever wants a text to arrive sends what it is decoded from. */
const decodedAs: Known = ([of]) => (of?.is === 'text' && of.marks.size > 0 ? [{ ...of, as: 'text' }] : null)

export const pythonLibrary: Library = [
  [/^builtins\.isinstance$/, ofMade('isinstance', instance)],
  [/^os\.path\.join$/, ofTexts((...parts) => joinedPaths(parts))],
  [/^os\.path\.(abspath)$/, ofTexts(path => posix.resolve(folders.root, path))],
  [/^os\.path\.realpath$/, ofTexts(path => realPath(path, false))],
  [/^os\.path\.(normpath|normcase)$/, ofTexts(path => posix.normalize(path))],
  [/^os\.path\.(expanduser|expandvars)$|^os\.fspath$|^os\.fsdecode$/, ofTexts(path => path)],
  [/^os\.path\.dirname$/, ofTexts(path => (path.includes('/') ? posix.dirname(path) : ''))],
  [/^os\.path\.basename$/, ofTexts(path => path.slice(path.lastIndexOf('/') + 1))],
  [/^os\.path\.isabs$/, ofTexts(path => posix.isAbsolute(path))],
  [
    /^os\.path\.relpath$/,
    ofTexts((path, from) => posix.relative(posix.resolve(folders.root, from ?? ''), posix.resolve(folders.root, path))),
  ],
  [
    /^os\.path\.commonprefix$/,
    ([of], _, machine) => {
      const given = items(of, machine)
      const texts = given.map(one => textOf(one, true, machine))
      if (!texts.every(one => one !== null)) return null
      // it compares letters: a neighbour whose name begins alike has the folder in common
      for (const one of given) if (one.is === 'text' && one.marks.size === 0) machine.trial.prefixes.add(one.text)
      const [shortest = ''] = texts.toSorted((a, b) => a.length - b.length)
      let end = 0
      while (end < shortest.length && texts.every(other => other[end] === shortest[end])) end++
      return [text(shortest.slice(0, end), joined(given.map(one => machine.marks(one))))]
    },
  ],
  [
    /^os\.path\.commonpath$/,
    ([of], _, machine) => {
      const texts = items(of, machine).map(one => textOf(one, true, machine))
      const marks = joined(items(of, machine).map(one => machine.marks(one)))
      return texts.every(one => one !== null) ? [text(commonPath(texts), marks)] : null
    },
  ],
  [
    /^os\.path\.splitext$/,
    ofTexts(path => [
      { is: 'list', items: [text(path.slice(0, path.length - posix.extname(path).length)), text(posix.extname(path))] },
    ]),
  ],
  [
    /^os\.path\.(exists|lexists|isfile|isdir|islink|getsize|getmtime)$/,
    ofTexts(path => [exists(path) ? some() : truth(false)]),
  ],
  [/^os\.getcwd$/, () => [text(folders.root)]],
  [/^(pathlib\.)?(Path|PurePath|PosixPath|PurePosixPath)$|^pathlib\.(Path|PurePath|PosixPath|PurePosixPath)$/, asPath],
  [/^pathlib\.Path\.cwd$/, () => [text(folders.root, undefined, 'path')]],
  [/^pathlib\.Path\.home$/, () => [text(folders.home, undefined, 'path')]],
  [/^tempfile\.(gettempdir|mkdtemp)$/, () => [text(folders.temporary)]],
  [/^builtins\.(str|bytes|format)$/, ofTexts(written => written)],
  [/^builtins\.(repr|ascii)$/, ofTexts(written)],
  [/^base64\.\w*decode\w*$|^(bytes|builtins\.bytes)\.fromhex$|^binascii\.(a2b_\w+|unhexlify)$/, decodedAs],
  // a request that is made first and sent later goes where it says
  [
    /^httpx\.((Async)?Client\(\)\.build_request|Request)$/,
    ([, url], named) => named.get('url') ?? (url ? [url] : null),
  ],
  [/^builtins\.len$/, ofMade('len', sized)],
  [/^builtins\.(int|float|complex|round|abs|ord|hash|sum)$|^decimal\.Decimal$/, anyNumber],
  [/^builtins\.bool$/, asTruth],
  [/^builtins\.(list|tuple|set|frozenset|sorted|reversed|iter)$/, listed],
  [/^builtins\.(next|min|max)$/, ([of], _, machine) => distinct([some(), ...items(of, machine)])],
  [/^builtins\.enumerate$/, numbered],
  [/^builtins\.any$/, ([of], _, machine) => [quantifiedItems(items(of, machine), true, machine)]],
  [/^builtins\.all$/, ([of], _, machine) => [quantifiedItems(items(of, machine), false, machine)]],
  [
    /^builtins\.map$/,
    ([make, of], _, machine) => [
      {
        is: 'list',
        items: items(of, machine).flatMap(item =>
          make ? machine.apply(make, { positional: [[item]], named: new Map() }, null) : [],
        ),
      },
    ],
  ],
  [
    /^builtins\.getattr$/,
    ([of, name, otherwise], _, machine) =>
      of && name?.is === 'text' ? [...machine.member(of, name.text), ...(otherwise ? [otherwise] : [])] : null,
  ],
  [/^re\.search$/, matching('search')],
  [/^re\.match$/, matching('match')],
  [/^re\.fullmatch$/, matching('fullmatch')],
  [/^re\.subn?$/, substituted],
  [/^re\.escape$/, ofTexts(written => written.replaceAll(/[^\w]/g, String.raw`\$&`))],
  [
    /^re\.compile$/,
    ([of, flags], _, machine) => {
      const pattern = patternOf(of, flags, machine)
      return pattern ? [{ is: 'pattern', ...pattern }] : null
    },
  ],
  [/^(shlex|pipes)\.quote$/, ofTexts(quoted)],
  [
    /^shlex\.split$/,
    ([of], _, machine) => {
      const whole = of && textOf(of, false, machine)
      return of && typeof whole === 'string' ? [apart(wordsOf(whole), null, machine.marks(of), machine)] : null
    },
  ],
  [
    /^shlex\.join$/,
    ([of], _, machine) => {
      const texts = items(of, machine).map(one => textOf(one, false, machine))
      const marks = joined(items(of, machine).map(one => machine.marks(one)))
      return texts.every(one => one !== null) ? [text(texts.map(quoted).join(' '), marks)] : null
    },
  ],
  [/^urllib\.parse\.(urlparse|urlsplit)$/, ofTexts(urlOf)],
  [/^urllib\.parse\.(quote|quote_plus)$/, ofTexts(part => encodeURIComponent(part))],
  [/^urllib\.parse\.unquote(_plus)?$/, ofTexts(part => part.replaceAll(/%2e/gi, '.').replaceAll(/%2f/gi, '/'))],
  [
    /^urllib\.parse\.urljoin$/,
    ofTexts((base, part) => (URL.canParse(part ?? '', base) ? new URL(part ?? '', base).href : base)),
  ],
  [
    /^ipaddress\.(ip_address|IPv4Address)$/,
    ofTexts(written => (isAddress(written) ? [text(written, undefined, 'address')] : [])),
  ],
  [/^socket\.gethostbyname$/, ofTexts(resolved)],
  [
    /^socket\.getaddrinfo$|\.getaddrinfo$/,
    ofTexts(name => {
      const address: Datum = { is: 'list', items: [text(resolved(name)), some()] }
      return [{ is: 'list', items: [{ is: 'list', items: [some(), some(), some(), some(), address] }] }]
    }),
  ],
  [/^json\.dumps$/, ofTexts(written => JSON.stringify(written))],
  [/^asyncio\.gather$/, given => [{ is: 'list', items: given }]],
  [/^asyncio\.(wait_for|shield|create_task|ensure_future|run)$/, ([first]) => (first ? [first] : null)],
  [/^asyncio\.to_thread$|^anyio\.to_thread\.run_sync$|^starlette\.concurrency\.run_in_threadpool$/, called(0)],
  [/\.run_in_executor$/, called(1)],
]
