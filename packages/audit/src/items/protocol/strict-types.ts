import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown } from '../../core/verdict.ts'
import { badArguments } from '../../gather/bad-arguments.ts'
import { lists, takesNothing } from '../../gather/lists.ts'
import { resultShapes } from '../../gather/result-shapes.ts'
import { exchangeOf, isRefusal, nothingCalled, reach, shown } from '../../gather/proven-tools.ts'

const item: Item = {
  id: 'strict-types',
  area: 'protocol',
  rows: [76],
  title: 'Arguments of a wrong type are refused, and results have the declared one',
  level: 'must',
  why: 'A server that takes "5" for 5 hides the mistakes of its callers until one of them means something else.',
  how: 'Validate without coercion: z.number() rather than z.coerce.number(), ConfigDict(strict=True) or Field(strict=True) in Pydantic. Return structuredContent as the outputSchema says, and content of a type that the specification has: clients refuse all else.',
  refs: [
    'https://docs.pydantic.dev/latest/concepts/strict_mode/',
    'https://zod.dev/api',
    'https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-result',
  ],
  applies: { capability: 'tools' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Is each argument of a wrong type refused?',
      needs: { badArguments, lists },
      judge: ({ badArguments, lists }) => {
        if (lists.tools.every(takesNothing)) return notApplicable('no tool declares a parameter')
        const probes = badArguments.probes.filter(({ kind }) => kind === 'wrong-type')
        if (probes.length === 0)
          return unknown(
            badArguments.tools.length === 0
              ? nothingCalled(badArguments.callable)
              : 'no tool that was called with success declares a parameter of one type',
          )
        const taken = probes.filter(({ fate }) => fate === 'accepted')
        const refused = probes.filter(isRefusal)
        const first = refused[0]
        return judged(
          shown(taken.map(probe => exchangeOf(probe, `an error that names ${probe.field}`))),
          first ? [reach(badArguments, refused, 'each refused'), exchangeOf(first)] : [],
          'no call with a wrong type got a clear answer',
        )
      },
    }),
    check({
      asks: 'Has each result that is written in the source the form of the specification and of its own outputSchema?',
      needs: { resultShapes },
      judge: ({ resultShapes }) =>
        resultShapes.length > 0
          ? judged(
              resultShapes.map(({ file, line, saw, wanted }) => ({ at: file, line, saw, wanted })),
              [],
              'not reached',
            )
          : unknown('no result of another form is written in the source; whether each is right shows in calls'),
    }),
  ],
}

export default item
