import type { Value } from '../code/values.ts'
import { combinations, joined, some, type Datum, type Frame } from './data.ts'
import type { Machine } from './machine.ts'

const worked = (operator: string, left: number, right: number): number => {
  switch (operator) {
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
    case '**':
      return left ** right
    case '<<':
      return left << right
    case '>>':
      return left >> right
    case '>>>':
      return left >>> right
    case '&':
      return left & right
    case '|':
      return left | right
    case '^':
      return left ^ right
    default:
      return Number.NaN
  }
}

/** What is worked out of numbers: ranges of addresses are often told by their bits. */
export const calculated = (
  { operator, left, right }: Value & { is: 'arithmetic' },
  frame: Frame,
  machine: Machine,
): Datum[] =>
  combinations([left, right].map(side => machine.values(side, frame).flatMap(machine.plain))).map(
    ([one, other]): Datum => {
      const marks = joined([one, other].flatMap(each => (each ? [machine.marks(each)] : [])))
      if (one?.is !== 'number' || other?.is !== 'number') return some(marks)
      const isKnown = !Number.isNaN(one.number + other.number)
      return { is: 'number', number: isKnown ? worked(operator, one.number, other.number) : Number.NaN, marks }
    },
  )
