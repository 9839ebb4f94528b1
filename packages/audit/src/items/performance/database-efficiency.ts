import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence } from '../../core/verdict.ts'
import { dataAccess, type DataAccess, type Statement } from '../../gather/data-access.ts'
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

const item: Item = {
  id: 'database-efficiency',
  area: 'performance',
  rows: [37],
  title: 'Few statements, and fast ones',
  level: 'should',
  why: 'A statement for each element of a list, or one that reads the whole table, is fast with ten rows and takes the server down with ten thousand.',
  how: 'Ask once for all elements (WHERE id = ANY($1), executemany, one INSERT with many rows), name the columns that are used, and add an index for what WHERE compares.',
  refs: ['https://use-the-index-luke.com/', 'https://www.postgresql.org/docs/current/indexes.html'],
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
  ],
}

export default item
