import { check, type Item } from '../../core/item.ts'
import { taint } from '../../gather/taint.ts'
import { judgeFlows } from '../carried.ts'

const item: Item = {
  id: 'bounded-regex',
  area: 'security',
  rows: [],
  title: 'Patterns end in time',
  level: 'should',
  why: 'A pattern such as (a+)+$ keeps the event loop busy for hours on thirty characters, and no other call is served.',
  how: 'Escape what is meant as a text (`re.escape`, `RegExp.escape`), run patterns of callers with an engine that takes linear time (re2, `regex` with a timeout), and keep nested repetition out of your own patterns.',
  refs: [
    'https://cwe.mitre.org/data/definitions/1333.html',
    'https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS',
    'https://github.com/google/re2/wiki/WhyRE2',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does no text in an argument become a pattern, or meet one that takes for ever?',
      needs: { taint },
      judge: ({ taint }) =>
        judgeFlows(taint, {
          kinds: ['pattern', 'subject'],
          places: 'pattern',
          instead: 'an escaped text, an engine that takes linear time, or a pattern without nested repetition',
        }),
    }),
  ],
}

export default item
