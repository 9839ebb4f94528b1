import { check, type Item } from '../../core/item.ts'
import { notApplicable } from '../../core/verdict.ts'
import { taint } from '../../gather/taint.ts'
import { judgeFlows, type Wanted } from '../carried.ts'

const wanted: Wanted = {
  kinds: ['url'],
  places: 'machine that an argument names',
  instead: 'a host from the settings or from a list, checked in the URL that is really requested',
  purpose: 'a list of hosts, or a refusal of private addresses that also covers redirects and the answers of DNS',
}

const item: Item = {
  id: 'ssrf',
  area: 'security',
  rows: [],
  title: 'Requests go where they were meant to go',
  level: 'must',
  why: 'A server that requests any address hands whoever writes the prompt the cloud metadata, the intranet and every service on its machine.',
  how: 'Build the URL from a fixed host and encode what comes from arguments; where any URL is the purpose, resolve the name first, refuse loopback, private and link-local addresses, connect to the address that was checked, and do the same after each redirect.',
  refs: [
    'https://cwe.mitre.org/data/definitions/918.html',
    'https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html',
    'https://modelcontextprotocol.io/specification/2025-06-18/basic/security_best_practices',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does no argument decide which machine is asked?',
      needs: { taint },
      judge: ({ taint }) =>
        taint.handlers > 0 && !taint.cut && taint.hidden.length === 0 && !taint.flows.some(({ kind }) => kind === 'url')
          ? notApplicable(`none of the ${taint.handlers} handlers requests anything from another machine`)
          : judgeFlows(taint, wanted),
    }),
  ],
}

export default item
