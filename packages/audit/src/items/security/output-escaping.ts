import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, type Evidence } from '../../core/verdict.ts'
import { lists } from '../../gather/lists.ts'
import { markup } from '../../gather/markup.ts'
import { shown } from '../../gather/proven-tools.ts'

const htmlType = /^text\/html\b/i

const item: Item = {
  id: 'output-escaping',
  area: 'security',
  rows: [27],
  title: 'Markup comes back as text',
  level: 'must',
  why: 'A page that repeats what it was given runs the script of whoever wrote the prompt or the link, with the rights of the client that shows it.',
  how: 'Escape & < > " and \' in everything that becomes part of HTML, or build pages with a template engine that does; answer errors as JSON or plain text.',
  refs: [
    'https://cwe.mitre.org/data/definitions/79.html',
    'https://cheatsheetseries.owasp.org/cheatsheets/Cross_Site_Scripting_Prevention_Cheat_Sheet.html',
    'https://modelcontextprotocol.io/extensions/apps/overview',
  ],
  checks: [
    check({
      asks: 'Does markup come back escaped wherever the answer is HTML?',
      needs: { markup, lists },
      judge: ({ markup: { probes, untried }, lists: { resourceTemplates } }) => {
        const answered = probes.filter(probe => probe.answered)
        const html = answered.filter(({ isHtml }) => isHtml)
        const broken = answered.flatMap(({ at, raw }): Evidence[] =>
          raw ? [{ at, saw: `as it was sent, in HTML: ${raw}`, wanted: '&lt; in the place of <' }] : [],
        )
        const declared = resourceTemplates.some(({ mimeType }) => htmlType.test(String(mimeType)))
        if (broken.length === 0 && html.length === 0 && !declared)
          return notApplicable(
            `none of the ${answered.length} answers to texts with markup, of ${probes.length} that were asked for, was HTML`,
          )
        const saw = `${html.length} of ${answered.length} answers were HTML, none with the markup in it`
        const escaped = html.slice(0, 8).map(({ at }) => ({ at, saw }))
        const otherwise = `a resource is declared as HTML, and could not be read: ${untried.slice(0, 3).join(', ')}`
        return judged(shown(broken), escaped, otherwise)
      },
    }),
  ],
}

export default item
