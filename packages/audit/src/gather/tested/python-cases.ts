import type { Place, Resolver } from '../code/resolve.ts'
import { innermost, type Call, type ClassValue, type FunctionValue, type Module, type Value } from '../code/values.ts'
import type { Cases, DeadTest, TestCase } from './model.ts'

const maxRows = 40
const nothing: Value = { is: 'unknown' }

const pathOf = (value: Value, place: Place, resolver: Resolver): string =>
  resolver.external(value.is === 'call' ? value.callee : value, place) ?? ''

const isSkip = (value: Value, place: Place, resolver: Resolver): boolean => {
  const path = pathOf(value, place, resolver)
  if (/(^|\.)(mark\.skip|unittest\.skip|expectedFailure)$/.test(path)) return true
  if (!/(^|\.)(skipif|skipIf|skipUnless)$/.test(path) || value.is !== 'call' || !value.arguments[0]) return false
  const wanted = !path.endsWith('skipUnless')
  return resolver
    .things(value.arguments[0], place)
    .every(({ value: each }) => each.is === 'constant' && each.of === wanted)
}

const isCaseClass = (owner: ClassValue, place: Place, resolver: Resolver, depth = 0): boolean =>
  depth < 5 &&
  owner.bases.some(base =>
    resolver
      .things(base, place)
      .some(thing =>
        thing.value.is === 'class'
          ? isCaseClass(thing.value, thing, resolver, depth + 1)
          : thing.value.is === 'external' && thing.value.path.endsWith('TestCase'),
      ),
  )

/** Decorators of classes are no part of the model: what stands above the class tells. */
const isSkippedClass = ({ at }: ClassValue, text: string): boolean =>
  /(^|\n)[ \t]*@(?:[\w.]+\.)?skip\b[^\n]*\n(?:[ \t]*@[^\n]*\n){0,5}[ \t]*$/.test(text.slice(Math.max(0, at - 400), at))

/** The rows of `parametrize`, each as what it gives to the names. */
const rowsOf = (decorator: Call, place: Place, resolver: Resolver): [string, Value][][] => {
  const [names, table] = decorator.arguments
  if (!names || !table) return []
  const written = resolver.text(names, place)
  const keys =
    written === null
      ? resolver.items(names, place).map(item => (item?.value.is === 'text' ? item.value.text : ''))
      : written.split(',').map(each => each.trim())
  return resolver.items(table, place).flatMap((row): [string, Value][][] => {
    if (!row || row.value.is === 'external' || row.value.is === 'namespace') return []
    const isParam = row.value.is === 'call' && /\bparam$/.test(pathOf(row.value, row, resolver))
    const parts =
      isParam && row.value.is === 'call' ? row.value.arguments : row.value.is === 'list' ? row.value.items : null
    const given = keys.length === 1 ? (isParam ? (parts ?? []) : [row.value]) : (parts ?? [])
    const marks = row.value.is === 'call' ? row.value.named.find(([key]) => key === 'marks')?.[1] : undefined
    if (marks && isSkip(marks, row, resolver)) return []
    return [keys.map((key, index): [string, Value] => [key, given[index] ?? nothing])]
  })
}

interface Fixture {
  body: FunctionValue
  module: Module
}

/** Fixtures by the name that tests ask for: of the file itself, then of the conftest files above it. */
export const fixturesOf = (modules: Iterable<Module>, resolver: Resolver): ((from: Module) => Map<string, Fixture>) => {
  const found: (Fixture & { name: string })[] = []
  for (const module of modules)
    for (const { decorator, function: body } of module.decorated) {
      const place = { module, frames: [] }
      if (!/(^|\.)fixture$/.test(pathOf(decorator, place, resolver))) continue
      const named = decorator.is === 'call' ? decorator.named.find(([key]) => key === 'name')?.[1] : undefined
      found.push({ name: (named && resolver.text(named, place)) ?? body.name ?? '', body, module })
    }
  const folder = ({ path }: Module): string => path.slice(0, path.lastIndexOf('/') + 1)
  return from => {
    const near = found
      .filter(
        ({ module }) =>
          module === from || (module.path.endsWith('conftest.py') && from.path.startsWith(folder(module))),
      )
      .toSorted(
        (a, b) => Number(a.module === from) - Number(b.module === from) || a.module.path.length - b.module.path.length,
      )
    return new Map(near.map(({ name, body, module }) => [name, { body, module }]))
  }
}

export interface PythonSettings {
  /** Why the runner does not collect a file; null when it does. */
  uncollected: (path: string) => string | null
  /** Plain `async def` tests are run. */
  runsAsync: (path: string) => boolean
  textOf: (path: string) => string
}

const asyncMark = /mark\.(asyncio|anyio|trio|tornado|twisted)\b|\banyio_backend\b|gen_test|async_test/

/** The tests that pytest or unittest collects from a file. */
export const pythonCases = (
  module: Module,
  fixtures: Map<string, Fixture>,
  resolver: Resolver,
  { uncollected, runsAsync, textOf }: PythonSettings,
): Cases => {
  const cases: TestCase[] = []
  const dead: DeadTest[] = []
  const place: Place = { module, frames: [] }
  const text = textOf(module.path)
  const isOutside = uncollected(module.path)
  const marks = module.declarations.filter(({ name }) => name === 'pytestmark').map(({ value }) => value)
  const all = marks.flatMap(mark => (mark.is === 'list' ? mark.items : [mark]))
  const leaves = module.calls.some(
    call =>
      /(^|\.)pytest\.skip$/.test(pathOf(call, place, resolver)) &&
      !innermost(module.functions, call.at) &&
      !innermost(module.branches, call.at),
  )
  for (const body of module.functions) {
    const name = body.name ?? ''
    if (!name.startsWith('test')) continue
    const outer = module.functions.find(other => other !== body && other.at <= body.at && body.end <= other.end)
    const owner = innermost(module.classes, body.at)
    const isUnit = owner !== undefined && isCaseClass(owner, place, resolver)
    const decorators = module.decorated.filter(({ function: each }) => each === body).map(({ decorator }) => decorator)
    const isFixture = decorators.some(each => /(^|\.)fixture$/.test(pathOf(each, place, resolver)))
    if (outer || isFixture) continue
    const own = owner?.members.filter(member => member.name === 'pytestmark').map(({ value }) => value) ?? []
    const skipped = [...decorators, ...all, ...own].some(each => isSkip(each, place, resolver))
    const first = module.calls.find(
      call =>
        call.at > body.at &&
        call.end <= body.end &&
        /(^|\.)(pytest\.skip|skipTest)$/.test(pathOf(call, place, resolver)),
    )
    const branch = first && innermost(module.branches, first.at)
    const because =
      isOutside ??
      (leaves || skipped || (owner && isSkippedClass(owner, text)) || (first && !(branch && branch.at > body.at))
        ? 'it is skipped'
        : owner && !isUnit && !owner.name.startsWith('Test')
          ? `the class ${owner.name} is not collected: its name does not begin with Test`
          : owner && !isUnit && owner.members.some(member => member.name === '__init__')
            ? `the class ${owner.name} is not collected: it has an __init__`
            : body.isAsync && !isUnit && !asyncMark.test(text) && !runsAsync(module.path)
              ? 'it is async, and nothing runs async tests: neither a mark nor asyncio_mode = "auto"'
              : null)
    if (because) {
      dead.push({ path: module.path, line: body.line, name, because })
      continue
    }
    let rows: [string, Value][][] = [[]]
    for (const each of decorators) {
      if (each.is !== 'call' || !/(^|\.)parametrize$/.test(pathOf(each, place, resolver))) continue
      const given = rowsOf(each, place, resolver)
      if (given.length > 0) rows = rows.flatMap(row => given.map(one => [...row, ...one])).slice(0, maxRows)
    }
    const wanted = body.parameters.filter(parameter => !/^(self|cls)$/.test(parameter))
    for (const row of rows) {
      const named = wanted.map((parameter): [string, Value] => {
        const given = row.find(([key]) => key === parameter)?.[1]
        const fixture = fixtures.get(parameter)
        return [parameter, given ?? (fixture?.module === module ? fixture.body.returns[0] : undefined) ?? nothing]
      })
      const call: Call = {
        is: 'call',
        callee: body,
        arguments: [],
        named,
        constructs: false,
        at: body.at,
        end: body.at,
        line: body.line,
      }
      cases.push({
        name,
        body,
        place: { module, frames: wanted.length > 0 ? [{ function: body, call, caller: place }] : [] },
        line: body.line,
        before: wanted.flatMap(parameter => {
          const fixture = fixtures.get(parameter)
          return fixture ? [{ name: parameter, body: fixture.body, place: { module: fixture.module, frames: [] } }] : []
        }),
      })
    }
  }
  return { cases, dead }
}
