import { check, type Item } from '../../core/item.ts'
import { notApplicable, unknown } from '../../core/verdict.ts'
import { dataAccess } from '../../gather/data-access.ts'
import { taint } from '../../gather/taint.ts'
import { judgeFlows, type Wanted } from '../carried.ts'

const wanted: Wanted = {
  kinds: ['sql'],
  places: 'database',
  instead: 'a bound parameter; for names of tables and columns a list of those that are allowed',
  purpose: 'a connection that can only read, or a list of the statements that are allowed',
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
      asks: 'Does no text in an argument become part of a statement?',
      needs: { taint, dataAccess },
      judge: ({ taint, dataAccess: { clients, libraries, files } }) => {
        if (taint.flows.some(({ kind }) => kind === 'sql')) return judgeFlows(taint, wanted)
        if (files === 0) return unknown('no TypeScript, JavaScript or Python source of a server was read')
        if (clients.length === 0 && libraries.length === 0) return notApplicable('the source opens no database')
        return judgeFlows(taint, wanted)
      },
    }),
  ],
}

export default item
