import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown } from '../../core/verdict.ts'
import { badArguments } from '../../gather/bad-arguments.ts'
import { lists, takesNothing } from '../../gather/lists.ts'
import { exchangeOf, isRefusal, nothingCalled, reach, shown } from '../../gather/proven-tools.ts'

const item: Item = {
  id: 'strict-types',
  area: 'protocol',
  rows: [76],
  title: 'Arguments of a wrong type are refused',
  level: 'must',
  why: 'A server that takes "5" for 5 hides the mistakes of its callers until one of them means something else.',
  how: 'Validate without coercion: z.number() rather than z.coerce.number(), ConfigDict(strict=True) or Field(strict=True) in Pydantic.',
  refs: ['https://docs.pydantic.dev/latest/concepts/strict_mode/', 'https://zod.dev/api'],
  applies: { capability: 'tools' },
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
  ],
}

export default item
