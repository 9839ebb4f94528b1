import type { FunctionValue, Value } from '../code/values.ts'
import { distinct, some, type Datum, type Frame } from './data.ts'
import type { Machine } from './machine.ts'

/** A function that stands inside another one, called by whatever it is given to. */
export const intoInner = (to: FunctionValue, frame: Frame, machine: Machine): Frame => {
  const body = machine.bodies.of(frame.module, frame.function)
  const around = body.calls.find(({ arguments: given }) => given.includes(to))
  const callee = around?.callee
  const made = machine.enter({ is: 'closure', of: to, frame, self: null }, null)
  if (callee?.is !== 'member') return made
  const subjects = (): Datum[] => machine.values(callee.of, frame)
  const items = (): Datum[] => subjects().flatMap(one => machine.items(one) ?? [some(machine.marks(one))])
  if (/^(map|flatMap|forEach|filter|find|some|every)$/.test(callee.name))
    return { ...made, given: index => (index === 0 ? items() : [some()]) }
  return callee.name === 'then' ? { ...made, given: () => subjects() } : made
}

const maxInner = 4

/** What is handed to one of the parameters of a function, by the function itself or by those inside of it. */
const handedTo = (name: string, declaredAt: number, frame: Frame, machine: Machine, depth: number): Datum[] => {
  const body = machine.bodies.of(frame.module, frame.function)
  const isIt = (value: Value): boolean => value.is === 'name' && value.name === name && value.at > declaredAt
  const found = body.calls.flatMap(({ callee, arguments: given }): Datum[] => {
    const [first] = given
    if (isIt(callee)) return first ? machine.values(first, frame) : []
    // `promise.then(resolve)`
    const isHanded = first && isIt(first) && callee.is === 'member' && callee.name === 'then'
    return isHanded ? machine.values(callee.of, frame) : []
  })
  const inner = depth < maxInner ? body.functions : []
  return [
    ...found,
    ...inner.flatMap(one => handedTo(name, declaredAt, intoInner(one, frame, machine), machine, depth + 1)),
  ]
}

/** What a promise that is made by hand is resolved with. */
export const resolvedWith = (executor: Datum & { is: 'closure' }, machine: Machine): Datum[] => {
  const [name] = executor.of.parameters
  if (name === undefined) return [some()]
  const found = handedTo(name, executor.of.at, machine.enter(executor, null), machine, 0)
  return found.length > 0 ? distinct(found) : [some()]
}
