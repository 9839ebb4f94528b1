import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { answeredStacks } from '../../gather/answered-stacks.ts'
import { badArguments, type BadArguments, type Probe } from '../../gather/bad-arguments.ts'
import { exchangeOf, isRefusal, nothingCalled, reach, shown } from '../../gather/proven-tools.ts'

const stack = /^\s*at (async )?\S.*:\d+:\d+\)?$|Traceback \(most recent call last\)|^\s*File "[^"\n]+", line \d+/m
const library = /(?:\/|[A-Z]:\\)\S*(?:node_modules|site-packages|dist-packages)[/\\]\S+/
const sql =
  /\b(SELECT\s[\s\S]{1,200}?\sFROM\s+\w|INSERT\s+INTO\s+\w+\s*[(\s]|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s+\w|SQLITE_ERROR|syntax error at or near)/i
const expectation =
  /expect|requir|missing|must|should|need|valid|type|not allowed|cannot be|can't be|empty|provide|specify|a (string|number|boolean|integer|list|array|object)\b/i

const wrong = (probe: Probe, saw: string, wanted: string): Evidence => ({
  at: `tools/call ${probe.tool}`,
  saw: `${probe.sends} → ${saw}`,
  wanted,
})

/** What a message gives away; nothing counts that the caller sent itself. */
const leaksIn = (probe: Probe, { machine }: BadArguments): Evidence[] => {
  const { text, kind } = probe
  const sent = JSON.stringify(probe.arguments)
  const excerpt = (found: string): string => `«${found.trim().slice(0, 120)}»`
  const leaks = [stack.exec(text)?.[0], library.exec(text)?.[0], sql.exec(text)?.[0]]
    .filter(found => found !== undefined && !sent.includes(found))
    .map(found => wrong(probe, excerpt(found ?? ''), 'a message without stack, paths of the machine and SQL'))
  // A name that exists nowhere may well come back as the full path that was looked for.
  const directories = kind === 'odd' ? [] : machine.directories
  const paths = directories
    .filter(path => text.includes(`${path}/`) && !sent.includes(path))
    .map(path => wrong(probe, `the path ${path}/… of this machine`, 'a message without paths of the machine'))
  const values = machine.environment
    .filter(({ value }) => text.includes(value) && !sent.includes(value))
    .map(({ name }) => wrong(probe, `the value of ${name}`, 'a message without values of the environment'))
  return [...leaks, ...paths, ...values].slice(0, 2)
}

const lettersOf = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/** `firstName` may be written as first_name or "first name"; a short name has to stand by itself. */
const isNamed = ({ text, field }: Probe): boolean => {
  const words = text.toLowerCase().split(/[^a-z0-9]+/)
  return words.includes(field.toLowerCase()) || (field.length > 3 && lettersOf(text).includes(lettersOf(field)))
}

const unhelpful = (probe: Probe): Evidence[] => {
  const names = isNamed(probe)
  if (names && expectation.test(probe.text)) return []
  const wanted = names ? `what was expected of ${probe.field}` : `a message that names ${probe.field}`
  return [exchangeOf(probe, wanted)]
}

const item: Item = {
  id: 'error-messages',
  area: 'resilience',
  rows: [17, 78],
  title: 'Error messages say what to correct, and nothing else',
  level: 'must',
  why: 'A model repeats a call until the message tells it which argument to change; a stack trace tells an attacker instead.',
  how: 'Answer with the field and what was expected of it, and keep stacks, paths and queries for the log.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/server/tools',
    'https://cheatsheetseries.owasp.org/cheatsheets/Error_Handling_Cheat_Sheet.html',
  ],
  applies: { capability: 'tools' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does the message for each bad argument name the field and what was expected, and give nothing away?',
      needs: { badArguments },
      judge: ({ badArguments }) => {
        const refused = badArguments.probes.filter(isRefusal)
        const plain = refused.filter(({ kind }) => kind === 'missing' || kind === 'wrong-type' || kind === 'null')
        // A success that speaks of an error may be a good answer about errors, unless its arguments were plainly wrong.
        const messages = refused.filter(probe => probe.fate !== 'worded' || plain.includes(probe))
        const leaks = messages.flatMap(probe => leaksIn(probe, badArguments))
        const vague = plain.flatMap(unhelpful)
        if (badArguments.tools.length === 0) return unknown(nothingCalled(badArguments.callable))
        const first = plain[0]
        return judged(
          [...shown(leaks), ...shown(vague)],
          first ? [reach(badArguments, plain, 'each message names its field'), exchangeOf(first)] : [],
          'no bad argument was refused, so there is no message to judge',
        )
      },
    }),
    check({
      asks: 'Does the source keep stack traces out of what tools answer?',
      needs: { stacks: answeredStacks },
      judge: ({ stacks: { answered, handlers } }) => {
        const [first, ...more] = answered.map(({ what, file, line }) => ({
          at: file,
          line,
          saw: `${what} stands in an answer`,
          wanted: 'the message alone; the stack goes to the log',
        }))
        if (first) return fail(first, ...more)
        return unknown(
          handlers === 0
            ? 'no handler of a tool was found in the source'
            : `no stack trace stands in the answers of ${handlers} handlers; what their messages say is seen by calls`,
        )
      },
    }),
  ],
}

export default item
