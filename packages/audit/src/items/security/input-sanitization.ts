import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { nothingCalled, shown } from '../../gather/proven-tools.ts'
import { strangeArguments, type StrangeArguments, type StrangeProbe } from '../../gather/strange-arguments.ts'

const placeOf = ({ tool }: StrangeProbe): string => `tools/call ${tool}`

const faults = ({ probes, forged }: StrangeArguments): Evidence[] => [
  ...probes
    .filter(({ broke }) => broke !== null)
    .map(probe => ({
      at: placeOf(probe),
      saw: `${probe.parameter} with ${probe.form} → ${probe.broke}; after it tools/list was not answered`,
      wanted: 'an answer or an error, and a server that serves on',
    })),
  ...probes
    .filter(({ polluted }) => polluted)
    .map(probe => ({
      at: placeOf(probe),
      saw: `${probe.form} in ${probe.parameter} → what was in it is now a property of every object of the server`,
      wanted: 'keys that are not known refused, or copied to objects without a prototype',
    })),
  ...(forged.length > 0
    ? [
        {
          at: 'the log of the server',
          saw: `${forged.length} lines that a caller wrote, such as ${forged[0]}: new lines of an argument are lines of the log`,
          wanted: 'one line for each entry, with what callers send escaped',
        },
      ]
    : []),
]

const proven = ({ probes, left, logged }: StrangeArguments): Evidence[] => {
  const answered = probes.filter(probe => probe.answered)
  if (answered.length === 0 || logged === null) return []
  const silent = probes.length - answered.length
  const unanswered = silent > 0 ? `; ${silent} more got no answer, and the server served on after them` : ''
  const unmade =
    left.count > 0 ? `; not made were ${left.count} more, since the time was up or their tool had not answered` : ''
  const kinds = new Set(answered.map(({ kind, form }) => (kind === 'number' ? 'huge numbers' : form)))
  return [
    {
      at: `${answered.length} calls with ${[...kinds].join(', ')}`,
      saw: `each was answered, the server served on, and none of them wrote a line into its log (${logged} lines)${unanswered}${unmade}`,
    },
  ]
}

const item: Item = {
  id: 'input-sanitization',
  area: 'security',
  rows: [25],
  title: 'Strange texts, numbers and keys do no harm',
  level: 'must',
  why: 'A NUL, half a character or a key named __proto__ is all it takes to end a careless server; a new line in an argument writes whatever it likes into a careless log.',
  how: 'Bound the length of texts and the range of numbers in the schema, refuse keys that are not known, let nothing but a structured logger write what callers send, and copy objects key by key.',
  refs: [
    'https://cwe.mitre.org/data/definitions/117.html',
    'https://cwe.mitre.org/data/definitions/1321.html',
    'https://cheatsheetseries.owasp.org/cheatsheets/Input_Validation_Cheat_Sheet.html',
  ],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Does no strange text, number or key end the server, forge its log or change its objects?',
      needs: { strangeArguments },
      judge: ({ strangeArguments: seen }) => {
        if (!seen.takesArguments) return notApplicable('no tool takes an argument')
        const broken = shown(faults(seen))
        if (broken.length === 0 && seen.good === 0) return unknown(nothingCalled(seen.callable))
        if (broken.length === 0 && seen.left.kinds.length > 0)
          return unknown(`the time was up before strange ${seen.left.kinds.join('s and ')}s were tried`)
        const otherwise =
          seen.logged === null
            ? 'the server was not started by the audit: its log and its objects are out of sight'
            : 'no strange argument was answered'
        return judged(broken, proven(seen), otherwise)
      },
    }),
  ],
}

export default item
