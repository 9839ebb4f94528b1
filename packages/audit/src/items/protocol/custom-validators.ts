import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { shown } from '../../gather/proven-tools.ts'
import { wrongValues, type ProbedParameter } from '../../gather/wrong-values.ts'

const words: Record<ProbedParameter['kind'], string> = {
  url: 'a URL',
  email: 'an e-mail address',
  path: 'a path',
  date: 'a date',
  limit: 'a limit',
  port: 'a port',
}

type Wrong = ProbedParameter['wrong'][number]

const brief = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 160)

const isRefusal = ({ fate }: Wrong): boolean => fate === 'refused' || fate === 'worded'

/** A tool that is asked whether a value is right says so in a success. */
const asksForIt = ({ tool, description }: ProbedParameter): boolean =>
  /(^|[_-])(valid|check|verif|exist|is|has|test|lint|parse|probe|scan|ping)/i.test(tool) ||
  /\b(whether|validat\w+|verif\w+|checks? (if|that))\b/i.test(description)

/** An answer that may mean that nothing was done with the value. */
const isHollow = (text: string): boolean =>
  /^\W*(null|none|undefined|false)?\W*$/i.test(text) ||
  /invalid|not (a )?valid|malformed|not found|no such|not exist|must be|expected|out of range|unsupported|unable|cannot|could not|couldn't|\berror\b|fail(ed|ure)|:\s*false\b/i.test(
    text,
  ) ||
  /\b(no|0|zero)\b[^.]{0,40}\b(found|match\w*|results?|entries|items|files)\b/i.test(text)

/** The value was put aside for one that is right. */
const wasReplaced = ({ right, usual }: ProbedParameter, { text }: Wrong): boolean =>
  text === usual.text || text === right?.text

const namesIt = ({ name, kind }: ProbedParameter, { text }: Wrong): boolean =>
  text.toLowerCase().includes(name.toLowerCase()) || new RegExp(`\\b${kind}\\b`, 'i').test(text)

const exchange = ({ tool, name }: ProbedParameter, { sends, fate, text }: Wrong, wanted?: string): Evidence => ({
  at: `tools/call ${tool}`,
  saw: `${sends} for ${name} → ${fate === 'accepted' ? 'answered as if it were right' : fate}${text ? `: ${brief(text)}` : ''}`,
  ...(wanted === undefined ? {} : { wanted }),
})

const brokenBy = (parameter: ProbedParameter): Evidence[] => {
  const taken = parameter.wrong.filter(({ fate, text }) => fate === 'accepted' && !isHollow(text.slice(0, 300)))
  const against = taken.filter(({ violates }) => violates.length > 0)
  if (against.length > 0)
    return against
      .slice(0, 2)
      .map(wrong =>
        exchange(parameter, wrong, `an error: the schema of ${parameter.name} declares ${wrong.violates.join(', ')}`),
      )
  const constrained = parameter.wrong.some(({ violates }) => violates.length > 0)
  if (constrained || asksForIt(parameter) || parameter.right?.fate !== 'accepted') return []
  return taken
    .filter(wrong => !wasReplaced(parameter, wrong))
    .map(wrong =>
      exchange(parameter, wrong, `an error, and a constraint in the schema, since it is ${words[parameter.kind]}`),
    )
}

/** Every wrong value is refused, and that for what it is: a right one is taken, or the refusal speaks of it. */
const isValidated = (parameter: ProbedParameter): boolean =>
  parameter.wrong.every(
    wrong => isRefusal(wrong) && (parameter.right?.fate === 'accepted' || namesIt(parameter, wrong)),
  )

const named = ({ tool, name }: ProbedParameter): string => `${tool}.${name}`

const judge = (probed: ProbedParameter[], left: string[]): Verdict => {
  const broken = shown(probed.flatMap(brokenBy))
  const validated = probed.filter(isValidated)
  const open = probed.find(parameter => !validated.includes(parameter))
  if (broken.length === 0 && open) {
    const wrong = open.wrong.find(one => !isRefusal(one)) ?? open.wrong[0]
    const saw = wrong ? `: ${exchange(open, wrong).saw}` : ''
    return unknown(`whether ${named(open)} is held to the rules of ${words[open.kind]} cannot be told${saw}`)
  }
  const proven = validated.map(parameter => {
    const { wrong, kind } = parameter
    const by = [...new Set(wrong.flatMap(({ violates }) => violates))]
    const declared = by.length > 0 ? `declares ${by.join(', ')}` : 'declares nothing, and its tool checks it'
    return {
      at: `${named(parameter)} (${words[kind]})`,
      saw: `${declared}; refused: ${wrong.map(({ sends }) => sends).join(', ')}`,
    }
  })
  const rest = left.length > 0 ? [{ at: 'parameters that were not tried', saw: left.slice(0, 10).join(', ') }] : []
  return judged(
    broken,
    proven.length > 0 ? [...proven.slice(0, 10), ...rest] : [],
    'no tool with a parameter that has rules was called with success; give arguments that work as "samples" in airworthy.json',
  )
}

const item: Item = {
  id: 'custom-validators',
  area: 'protocol',
  rows: [77],
  title: 'URLs, dates, limits and their like are held to their rules',
  level: 'should',
  why: 'A type alone lets "not a url" and a limit of -5 through, and what they then do is nobody’s intention.',
  how: 'Say in the schema what a value may be, and have it enforced: z.url(), z.email(), z.iso.date(), z.int().min(1).max(100); Field(ge=1, le=100), AnyUrl, EmailStr, date in Pydantic.',
  refs: [
    'https://json-schema.org/understanding-json-schema/reference/string#format',
    'https://zod.dev/api',
    'https://docs.pydantic.dev/latest/concepts/fields/',
  ],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Is a wrong URL, e-mail address, path, date, limit or port refused, as the schema declares it?',
      needs: { wrongValues },
      judge: ({ wrongValues: { probed, left } }) =>
        probed.length + left.length > 0
          ? judge(probed, left)
          : notApplicable('no tool takes a URL, an e-mail address, a path, a date, a limit or a port'),
    }),
  ],
}

export default item
