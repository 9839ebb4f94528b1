import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { dataAccess, type DatabaseClient } from '../../gather/data-access.ts'
import { firstWords } from '../../gather/first-words.ts'
import { nothingCalled, shown } from '../../gather/proven-tools.ts'
import { sqlCanaries, type SqlProbes } from '../../gather/sql-canaries.ts'
import { taint, type Taint } from '../../gather/taint.ts'
import { judgeFlows, type Wanted } from '../carried.ts'

const wanted: Wanted = {
  kinds: ['sql'],
  places: 'database',
  instead: 'a bound parameter; for names of tables and columns a list of those that are allowed',
  purpose: 'a connection, a role or a transaction that can only read',
}

const broken = ({ probes, statements }: SqlProbes): Evidence[] => [
  ...probes.flatMap(({ tool, parameter, told }) =>
    told
      ? [
          {
            at: `tools/call ${tool}`,
            saw: `${parameter} = «${told.sent}» → ${told.saw}`,
            wanted: 'the text looked up as it is, and no part of a statement',
          },
        ]
      : [],
  ),
  ...statements
    .filter(({ saysReadOnly }) => saysReadOnly)
    .flatMap(({ tool, parameter, taken }) =>
      taken.map(({ form, value, saw }) => ({
        at: `tools/call ${tool}`,
        saw: `${parameter} = «${value}» (${form}) was run: ${saw}`,
        wanted: 'a refusal: the tool says that it only reads',
      })),
    ),
]

const proven = ({ probes, statements }: SqlProbes): Evidence[] => {
  const names = probes.filter(({ answered }) => answered).map(({ tool, parameter }) => `${tool}.${parameter}`)
  const reading = statements.filter(({ taken, refused }) => taken.length === 0 && refused > 0)
  return [
    ...(names.length > 0
      ? [
          {
            at: `21 texts in each of ${names.length} parameters`,
            saw: `no answer followed a condition, no error of a database came back: ${names.slice(0, 12).join(', ')}`,
          },
        ]
      : []),
    ...reading.map(({ tool, parameter, refused }) => ({
      at: `tools/call ${tool}`,
      saw: `${parameter} takes statements; ${refused} that write were refused`,
    })),
  ]
}

/** Why nothing is said of a tool that takes whole statements. */
const openStatement = ({ statements }: SqlProbes): string | null => {
  const free = statements.find(({ taken }) => taken.length > 0)
  if (free)
    return `${free.tool} takes statements that write, and does not say that it only reads: start it in its read-only mode ("start" in airworthy.json)`
  const untold = statements.find(({ table, refused }) => table === null || refused === 0)
  return untold ? `${untold.tool} takes statements, and no table was found to try a writing one on` : null
}

/** What is looked for is given to them as an object. */
const withoutStatements =
  /^(mongodb|mongoose|pymongo|motor|redis|ioredis|qdrant-client|@qdrant\/js-client-rest|weaviate(-client|-ts-client)?|pinecone(-client)?|@pinecone-database\/pinecone|pymilvus|@zilliz\/milvus2-sdk-node)$/

const readOnly = /(^|\.)read_?only$/i
/** Those that know the option; others take no notice of it. */
const knowing = /^(better-sqlite3|sqlite3|node:sqlite|bun:sqlite|duckdb|psycopg2?)$/
/** Nothing that a statement says takes it back, and none writes a file: DuckDB still does COPY … TO. */
const keeping = /^(better-sqlite3|sqlite3|node:sqlite|bun:sqlite)$/
const opensToRead = ({ options, library }: DatabaseClient): boolean =>
  knowing.test(library) && options.some(({ name, off }) => readOnly.test(name) && !off)
const onlyReads = ({ options, library }: DatabaseClient): boolean =>
  keeping.test(library) && options.some(({ name, text }) => readOnly.test(name) && /^true$/i.test(text ?? ''))

const opened = ({ library, file, line }: DatabaseClient): Evidence => ({
  at: file,
  line,
  saw: `${library} is opened to read only: a tool runs whole statements, and none of them changes data`,
})

/** What a request carries to statements, where a connection that only reads is no way for a whole statement to change data. */
const judgeStatements = (taint: Taint, clients: DatabaseClient[]): Verdict => {
  const isWhole = ({ kind, fate, isWhole }: Taint['flows'][number]): boolean =>
    kind === 'sql' && fate !== 'safe' && isWhole
  const broken = taint.flows.filter(({ kind, fate }) => kind === 'sql' && fate === 'open')
  if (clients.length > 0 && clients.every(onlyReads) && taint.flows.some(isWhole)) {
    const rest = judgeFlows({ ...taint, flows: taint.flows.filter(flow => !isWhole(flow)) }, wanted)
    return rest.status === 'pass' ? judged([], clients.map(opened), 'not reached') : rest
  }
  const isTold = (flow: Taint['flows'][number]): boolean => isWhole(flow) && flow.readsOnly
  const told = broken.find(isTold)
  if (told && broken.every(isTold))
    return unknown(
      `a tool runs whole statements, and ${told.what} in ${told.file}:${told.line} is told to read only: whether it always is shows in a live run`,
    )
  const reading = clients.find(opensToRead)
  if (reading && broken.length > 0 && broken.every(isWhole))
    return unknown(
      `a tool runs whole statements, and ${reading.library} is opened to read only in ${reading.file}:${reading.line}: whether that holds for each of them shows in a live run`,
    )
  return judgeFlows(told ? { ...taint, flows: taint.flows.filter(flow => !isTold(flow)) } : taint, wanted)
}

const item: Item = {
  id: 'sql-injection',
  area: 'security',
  rows: [26],
  title: 'No argument becomes SQL',
  level: 'must',
  why: 'A text that ends a quoted value reads, changes or drops every table the server has rights to.',
  how: 'Pass values as bound parameters (`query("… WHERE id = $1", [id])`, `execute("… WHERE id = ?", (id,))`), pick names of tables and columns from a list, and give a tool that runs whole statements a role or a connection that can only read.',
  refs: [
    'https://cwe.mitre.org/data/definitions/89.html',
    'https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html',
    'https://owasp.org/www-community/attacks/SQL_Injection',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does no text change what a statement finds, and does a tool that takes statements only read?',
      applies: { capability: 'tools' },
      needs: { sqlCanaries },
      judge: ({ sqlCanaries }) => {
        const { callable, good, takesText } = sqlCanaries
        if (!takesText) return notApplicable('no tool takes a text')
        if (good === 0) return unknown(nothingCalled(callable))
        const found = broken(sqlCanaries)
        const open = openStatement(sqlCanaries)
        if (found.length === 0 && open) return unknown(open)
        return judged(shown(found), proven(sqlCanaries), 'no tool that was called with success takes a text')
      },
    }),
    check({
      asks: 'Does no text in an argument become part of a statement?',
      needs: { taint, dataAccess },
      judge: ({ taint, dataAccess: { clients, libraries, files } }) => {
        if (taint.flows.some(({ kind }) => kind === 'sql')) return judgeStatements(taint, clients)
        if (files === 0) return unknown('no TypeScript, JavaScript or Python source of a server was read')
        const used = [...new Set([...clients.map(({ library }) => library), ...libraries])]
        if (used.length === 0) return notApplicable('the source opens no database')
        if (used.every(name => withoutStatements.test(name)))
          return notApplicable(`${used.slice(0, 4).join(', ')} takes no statements as text`)
        const verdict = judgeFlows(taint, wanted)
        return verdict.status === 'pass' && clients.length === 0
          ? unknown(`${libraries.join(', ')} is among the dependencies, and where the source asks it was not found`)
          : verdict
      },
    }),
    check({
      asks: 'Is a statement that changes data not taken for one that reads because of its first word?',
      needs: { firstWords },
      judge: ({ firstWords }) => {
        const statements = firstWords.filter(({ of }) => of === 'statement')
        return statements.length === 0
          ? notApplicable(
              'no rule about statements in the source lets pass what begins with WITH without a further look',
            )
          : judged(
              statements.map(({ file, line, by, list }) => ({
                at: file,
                line,
                saw: `${by} lets pass what begins with WITH (${list}): WITH x AS (…) DELETE FROM … changes data`,
                wanted: 'a connection, a role or a transaction that can only read',
              })),
              [],
              'not reached',
            )
      },
    }),
  ],
}

export default item
