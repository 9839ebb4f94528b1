import { table, type Table } from './tables.ts'

/** Values by the name of the parameter. */
export type Parameters = Record<string, unknown>

const maxDepth = 30

/** The defaults that a job, a command, an executor or the whole file declares. */
export const parametersOf = (declaration: Table): Parameters =>
  Object.fromEntries(
    Object.entries(table(declaration['parameters'])).flatMap(([name, entry]) => {
      const value = table(entry)['default']
      return value === undefined ? [] : [[name, value]]
    }),
  )

/** Everything with `<< parameters.x >>` replaced; a value that is nothing else keeps its type. */
export const filledIn = (value: unknown, scope: string, parameters: Parameters, depth = 0): unknown => {
  if (depth > maxDepth) return value
  if (typeof value === 'string') {
    const whole = /^<<\s*([\w.-]+)\s*>>$/.exec(value.trim())?.[1]
    if (whole?.startsWith(`${scope}.`) && whole.slice(scope.length + 1) in parameters)
      return parameters[whole.slice(scope.length + 1)]
    return value.replaceAll(/<<\s*([\w.-]+)\s*>>/g, (written, name: string) => {
      const found = name.startsWith(`${scope}.`) ? parameters[name.slice(scope.length + 1)] : undefined
      return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
        ? String(found)
        : written
    })
  }
  if (Array.isArray(value)) return value.map(each => filledIn(each, scope, parameters, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, filledIn(each, scope, parameters, depth + 1)]),
  )
}

/** Whether a logic statement of CircleCI holds once its parameters are filled in; undefined when that is not known. */
export const whenHolds = (condition: unknown, depth = 0): boolean | undefined => {
  if (depth > maxDepth) return undefined
  if (typeof condition === 'boolean') return condition
  if (typeof condition === 'number') return condition !== 0
  if (typeof condition === 'string')
    return condition.includes('<<') ? undefined : condition !== '' && condition !== 'false'
  const { and, or, not, equal, condition: inner } = table(condition)
  const all = (value: unknown): (boolean | undefined)[] =>
    Array.isArray(value) ? value.map(each => whenHolds(each, depth + 1)) : []
  if (inner !== undefined) return whenHolds(inner, depth + 1)
  if (not !== undefined) {
    const holds = whenHolds(not, depth + 1)
    return holds === undefined ? undefined : !holds
  }
  if (and !== undefined) return all(and).includes(false) ? false : all(and).includes(undefined) ? undefined : true
  if (or !== undefined) return all(or).includes(true) ? true : all(or).includes(undefined) ? undefined : false
  if (Array.isArray(equal)) {
    const texts = equal.map(String)
    return texts.some(each => each.includes('<<')) ? undefined : texts.every(each => each === texts[0])
  }
  return undefined
}
