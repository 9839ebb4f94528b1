import type { FunctionValue, Module } from '../code/values.ts'
import type { Reach } from '../reach.ts'

/** A function, and the file it stands in. */
export interface Placed {
  of: FunctionValue
  module: Module
}

/** The function with those of the repository that it calls, two steps deep. */
export const withCalled = (first: Placed, { bodies, resolver }: Reach): Placed[] => {
  const found = [first]
  let from = [first]
  for (let depth = 0; depth < 2; depth++) {
    from = from.flatMap(({ of, module }) =>
      bodies
        .of(module, of)
        .calls.flatMap(({ callee }) =>
          resolver
            .things(callee, { module, frames: [] })
            .flatMap(({ value, module: other }) =>
              value.is === 'function' && !found.some(one => one.of === value) ? [{ of: value, module: other }] : [],
            ),
        ),
    )
    found.push(...from)
  }
  return found.slice(0, 40)
}
