import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { dataAccess, type DataAccess, type Statement } from '../../gather/data-access.ts'
import { databaseOutage, type DatabaseOutage } from '../../gather/database-outage.ts'
import { searchOf, tablesIn } from '../../gather/data-access/tables.ts'
import { remoteClients } from '../databases.ts'

const short = (text: string | null, method: string): string =>
  text === null ? `${method}()` : text.replaceAll(/\s+/g, ' ').trim().slice(0, 80)

const place = ({ file, line }: Statement): Pick<Evidence, 'at' | 'line'> => ({ at: file, line })

/** Migrations and seeds run once, and one after the other is how they have to. */
const isOnce = ({ file, text }: Statement): boolean =>
  /(^|[/._-])(migrat\w*|seeds?|schema|fixtures?)([/._-]|$)/i.test(file) ||
  /^\s*(create|alter|drop|set|begin|truncate)\b/i.test(text ?? '')

const inLoops = (statements: Statement[]): Evidence[] =>
  statements.flatMap(one =>
    one.repeated && !isOnce(one) && !/\boffset\b/i.test(one.text ?? '')
      ? [
          {
            ...place(one),
            saw: `«${short(one.text, one.method)}» runs once for each element of the loop in ${one.repeated.file}:${one.repeated.line}`,
            wanted: 'one statement for all elements (= ANY($1), IN, many rows in one INSERT)',
          },
        ]
      : [],
  )

const everything = /\bselect\s+(?:distinct\s+)?(?:\w+\.)?\*\s+from\s+([\w."`]+)/gi

/** A name that the statement itself defines is as narrow as its definition. */
const allColumns = (statements: Statement[]): Evidence[] =>
  statements.flatMap(one => {
    const text = (one.text ?? '').replaceAll(/\bexists\s*\(\s*select\s+\*/gi, 'exists (select 1')
    const found = isOnce(one)
      ? []
      : [...text.matchAll(everything)].filter(
          ([, name = '']) => !new RegExp(`\\b${name.replaceAll(/\W/g, '')}\\s+as\\s+(\\w+\\s+)?\\(`, 'i').test(text),
        )
    return found.length > 0
      ? [
          {
            ...place(one),
            saw: `«${short(one.text, one.method)}» reads every column`,
            wanted: 'the columns that are used',
          },
        ]
      : []
  })

const withoutIndex = ({ statements, definitions }: DataAccess): Evidence[] => {
  const made = statements.flatMap(({ text }) => (text && /^\s*create\b/i.test(text) ? [text] : []))
  const tables = tablesIn([...definitions.map(({ text }) => text), ...made])
  return statements.flatMap(one => {
    const search = one.text === null || isOnce(one) ? null : searchOf(one.text)
    const table = search && tables.get(search.table)
    const known = search?.columns.filter(column => table?.columns.has(column)) ?? []
    if (!search || !table || known.length === 0 || known.length < search.columns.length) return []
    if (known.some(column => table.indexed.has(column))) return []
    return [
      {
        ...place(one),
        saw: `«${short(one.text, one.method)}» searches ${table.name} by ${known.join(', ')}, and no index begins with that`,
        wanted: `CREATE INDEX ON ${table.name} (${known[0]})`,
      },
    ]
  })
}

/** Statements of a transaction or a session, and what drivers and pools ask by themselves. */
const aside =
  /^\s*(begin|start|commit|rollback|savepoint|release|set|reset|show|discard|deallocate|unlisten|listen|notify|fetch|move|close)\b|^\s*select\s+(1\s*;?\s*$|version\(|pg_\w+\()|pg_catalog|pg_type/i

/** The same for all values that stand in it. */
const shapeOf = (text: string): string =>
  text
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/\b\d+(\.\d+)?\b/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** How often one statement in a call is surely a loop, and up to how often it is none. */
const [loop, few] = [8, 2]

type Asked = NonNullable<DatabaseOutage['asked']>
type Sent = Asked['idle'][number]

const ownOf = (statements: readonly Sent[]): Sent[] => statements.filter(({ text }) => !aside.test(text))

const timesOf = (statements: readonly Sent[]): Map<string, number> => {
  const times = new Map<string, number>()
  for (const shape of ownOf(statements).map(({ text }) => shapeOf(text))) times.set(shape, (times.get(shape) ?? 0) + 1)
  return times
}

/** In the call that asks least: how many statements, and the one that is run most often. */
const leastOf = ({ statements, idle }: Asked): { all: number; text: string; times: number } => {
  // What is asked without a call is asked beside one as well.
  const besides = timesOf(idle)
  const calls = statements.map(given => {
    const times = [...timesOf(given)].map(([text, count]) => [text, count - (besides.get(text) ?? 0)] as const)
    const [most = ['', 0] as const] = times.toSorted(([, a], [, b]) => b - a)
    return { all: ownOf(given).length, text: most[0], times: most[1] }
  })
  return calls.reduce(
    (least, one) => (one.times < least.times ? one : least),
    calls[0] ?? { all: 0, text: '', times: 0 },
  )
}

const item: Item = {
  id: 'database-efficiency',
  area: 'performance',
  rows: [37],
  title: 'Few statements, and fast ones',
  level: 'should',
  why: 'A statement for each element of a list, or one that reads the whole table, is fast with ten rows and takes the server down with ten thousand.',
  how: 'Ask once for all elements (WHERE id = ANY($1), executemany, one INSERT with many rows), name the columns that are used, and add an index for what WHERE compares.',
  refs: ['https://use-the-index-luke.com/', 'https://www.postgresql.org/docs/current/indexes.html'],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Is no statement run in a loop, and does each read only what is used, by an index?',
      needs: { access: dataAccess },
      judge: ({ access }) => {
        const clients = remoteClients(access)
        if (!Array.isArray(clients)) return clients
        const { statements } = access
        if (statements.length === 0)
          return unknown(
            `no statement for ${clients[0]?.library} was found in the source: how it is asked shows in a live run only`,
          )
        const faults = [...inLoops(statements), ...allColumns(statements), ...withoutIndex(access)]
        const proven = statements.slice(0, 8).map(one => ({ ...place(one), saw: `«${short(one.text, one.method)}»` }))
        return judged(faults, proven, 'not reached')
      },
    }),
    check({
      asks: 'How many statements does a call send to its database, and is none of them sent again and again?',
      needs: { databaseOutage },
      judge: ({ databaseOutage: { tool, inTurn, asked } }) => {
        if (asked === null)
          return unknown('what it asks its database was not read: only PostgreSQL without TLS is understood')
        if (inTurn.good < inTurn.calls)
          return unknown(`only ${inTurn.good} of ${inTurn.calls} calls one after the other succeeded`)
        const { all, text, times } = leastOf(asked)
        if (times <= 0) return unknown(`not every call of ${tool} asked its database`)
        const at = `tools/call ${tool}, ${asked.statements.length} times`
        const saw = `${all} ${all === 1 ? 'statement' : 'statements'} for each call, ${times} of them «${short(text, '')}»`
        if (times >= loop) return fail({ at, saw, wanted: 'one statement for all elements' })
        const rows = asked.statements.flatMap(ownOf).reduce((sum, one) => sum + one.rows, 0)
        const found = rows / asked.statements.length
        // With as many elements as statements that are no loop yet, a loop would not show.
        if (times <= few && found <= few)
          return unknown(
            `${at}: ${saw}; it found ${Math.round(found)} rows: declare a call in "database" that finds several`,
          )
        return times <= few
          ? pass({ at, saw: `${all} ${all === 1 ? 'statement' : 'statements'} for each call: «${short(text, '')}»` })
          : unknown(`${at}: ${saw}; whether it grows with the data cannot be told`)
      },
    }),
  ],
}

export default item
