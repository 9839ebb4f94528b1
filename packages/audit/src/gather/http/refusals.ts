import { someIn } from '../code/parts.ts'
import type { Value } from '../code/values.ts'
import type { Body } from '../reached/bodies.ts'

/** Where a function refuses a request: by a call, by what it returns, or by what it throws. */
export const refusalsIn = (
  { calls, returns, throws }: Body,
  isRefusal: (value: Value) => boolean,
): { value: Value; at: number }[] =>
  [...calls.map(call => ({ value: call as Value, at: call.at })), ...returns, ...throws].filter(({ value }) =>
    someIn(value, isRefusal),
  )
