import { check, type Item } from '../../core/item.ts'
import { judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { argumentTypes, type ArgumentTypes } from '../../gather/argument-types.ts'
import { badArguments, type BadArguments } from '../../gather/bad-arguments.ts'
import { inputSchemas, type InputSchema } from '../../gather/input-schemas.ts'
import { exchangeOf, isRefusal, nothingCalled, reach, shown } from '../../gather/proven-tools.ts'

const faulty = (schemas: InputSchema[]): Evidence[] =>
  schemas.flatMap(({ tool, fault }) =>
    fault ? [{ at: `inputSchema of ${tool}`, saw: fault, wanted: 'a JSON Schema object' }] : [],
  )

const untyped = (schemas: InputSchema[]): Evidence[] => {
  const names = schemas.flatMap(({ tool, untyped }) => untyped.map(name => `${tool}.${name}`))
  return names.length === 0 ? [] : [{ at: 'parameters without a type', saw: names.slice(0, 10).join(', ') }]
}

/** Dropping an unknown member harms nobody, so it is told and not judged. */
const ignoredExtras = ({ probes }: BadArguments): Evidence[] => {
  const tools = probes.filter(({ kind, fate }) => kind === 'extra' && fate === 'accepted').map(({ tool }) => tool)
  if (tools.length === 0) return []
  return [
    { at: 'unknown members', saw: `ignored although the schema rules them out: ${tools.slice(0, 10).join(', ')}` },
  ]
}

const judgeSource = ({ typed, untyped, open, byHand, tools }: ArgumentTypes): Verdict => {
  const broken = untyped.map(({ tool, parameter, file, line, saw, wanted }): Evidence => {
    const whose = [tool, parameter].filter(name => name !== null).join('.')
    return { at: file, line, saw: whose ? `${whose} ${saw}` : saw, wanted }
  })
  if (broken.length > 0) return judged(broken, [], 'not reached')
  if (tools === 0) return unknown('no tool was found in the source')
  const [first] = open
  if (first) return unknown(`${open.length} of ${tools} tools: ${first.file}:${first.line} ${first.because}`)
  const [handler] = byHand
  if (handler)
    return unknown(
      `the handler of tools/call in ${handler.file}:${handler.line} checks by hand, if at all, what the schemas say`,
    )
  const [one] = typed
  const by = [...new Set(typed.map(each => each.by))].join(', ')
  return judged(
    [],
    one ? [{ at: one.file, line: one.line, saw: `${typed.length} tools take their arguments by ${by}` }] : [],
    'no schema was read',
  )
}

const item: Item = {
  id: 'input-validation',
  area: 'code-quality',
  rows: [13, 75],
  title: 'Arguments are validated against a schema',
  level: 'must',
  why: 'A handler that runs on missing or null arguments computes with undefined, and its caller takes the result for an answer.',
  how: 'Register every tool with a schema that the framework enforces: zod or another Standard Schema, Pydantic or annotated types.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/server/tools',
    'https://json-schema.org/draft/2020-12/schema',
  ],
  applies: { capability: 'tools' },
  checks: [
    check({
      asks: 'Is the input schema of each tool valid, and are missing and null arguments refused?',
      needs: { badArguments, inputSchemas },
      judge: ({ badArguments, inputSchemas }) => {
        const invalid = faulty(inputSchemas)
        const probes = badArguments.probes.filter(({ kind }) => kind === 'missing' || kind === 'null')
        const taken = probes.filter(({ fate }) => fate === 'accepted')
        const broken = [
          ...invalid,
          ...shown(taken.map(probe => exchangeOf(probe, `an error that names ${probe.field}`))),
        ]
        if (badArguments.tools.length === 0 && broken.length === 0) return unknown(nothingCalled(badArguments.callable))
        const refused = probes.filter(isRefusal)
        const notes = [...untyped(inputSchemas), ...ignoredExtras(badArguments)]
        const sound = { at: 'tools/list', saw: `${inputSchemas.length} input schemas are valid` }
        const proven = refused.length > 0 ? [reach(badArguments, refused, 'each refused'), sound, ...notes] : []
        return judged(broken, proven, 'no tool that was called with success has a parameter whose absence is an error')
      },
    }),
    check({
      asks: 'Does every parameter of a tool get its type from a schema that is applied?',
      needs: { argumentTypes },
      judge: ({ argumentTypes }) => judgeSource(argumentTypes),
    }),
  ],
}

export default item
