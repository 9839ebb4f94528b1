import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { patternTimes, type PatternProbe } from '../../gather/pattern-times.ts'
import { nothingCalled, shown } from '../../gather/proven-tools.ts'
import { slowPatterns, type SlowPattern } from '../../gather/slow-patterns.ts'
import { taint } from '../../gather/taint.ts'
import { judgeFlows } from '../carried.ts'

const hung = (probes: PatternProbe[]): Evidence[] =>
  probes
    .filter(({ ms }) => ms === null)
    .map(({ tool, form, sends, usual, limit, served }) => ({
      at: `tools/call ${tool}`,
      saw: `${sends} (${form}) → no answer in ${Math.round(limit)} ms, twice, ${served ? 'others were served' : 'and nothing else was answered meanwhile'}; a good call took ${Math.round(usual)} ms`,
      wanted: 'an answer or a refusal in about the same time',
    }))

const proven = (probes: PatternProbe[]): Evidence[] => {
  const slowest = Math.max(...probes.map(({ ms }) => ms ?? 0))
  const names = (some: PatternProbe[]): string =>
    [...new Set(some.map(({ tool, parameter }) => `${tool}.${parameter}`))].slice(0, 12).join(', ') || 'none'
  return probes.length === 0
    ? []
    : [
        {
          at: `${probes.length} patterns and texts that take for ever`,
          saw: `each answered, the slowest after ${Math.round(slowest)} ms; patterns in ${names(probes.filter(({ isPattern }) => isPattern))}; texts in ${names(probes)}`,
        },
      ]
}

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
      asks: 'Are patterns and texts that take for ever answered in time, with others served meanwhile?',
      applies: { capability: 'tools' },
      needs: { patternTimes },
      judge: ({ patternTimes: { probes, callable, good, takesText, mayHang } }) => {
        if (!takesText) return notApplicable('no tool takes a text')
        if (!mayHang) return unknown('only its URL is known, and it could hang: give the command that starts it too')
        if (good === 0) return unknown(nothingCalled(callable))
        return judged(shown(hung(probes)), proven(probes), 'no tool that was called with success takes a text')
      },
    }),
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
    check({
      asks: 'Does no pattern of the source take for ever on what a tool fetches or is given?',
      needs: { slowPatterns, taint },
      judge: ({ slowPatterns, taint }) => {
        const waysTo = ({ file, line }: SlowPattern) =>
          taint.flows.filter(flow => flow.kind === 'subject' && flow.file === file && flow.line === line)
        // what an argument meets is judged above, unless that is open and a text from elsewhere meets it as well
        const isMet = (pattern: SlowPattern): boolean => {
          const there = waysTo(pattern)
          const given = there.filter(({ parameter }) => parameter !== null)
          const isOpen = given.every(({ fate }) => fate === 'undecided') && given.length < there.length
          return given.length > 0 && !isOpen
        }
        const met = slowPatterns.filter(pattern => !isMet(pattern))
        // an argument that is looked at says nothing about the other texts
        const half = slowPatterns.find(pattern => {
          const there = waysTo(pattern)
          return there.some(({ parameter }) => parameter === null) && there.every(({ fate }) => fate !== 'open')
        })
        if (met.length === 0 && half)
          return unknown(
            `the argument is looked at before it meets /${half.pattern.slice(0, 100)}/ (${half.file}:${half.line}); what else meets it is not known`,
          )
        return met.length === 0
          ? notApplicable('no pattern that takes for ever is written on the way of what a tool fetches')
          : judged(
              met.map(({ pattern, file, line }) => ({
                at: file,
                line,
                saw: `/${pattern.slice(0, 100)}/ has exponentially many ways to fail on a text that the source does not know`,
                wanted: 'a pattern in which no repetition can match the same text in two ways',
              })),
              [],
              'not reached',
            )
      },
    }),
  ],
}

export default item
