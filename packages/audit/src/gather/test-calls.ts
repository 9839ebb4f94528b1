import { gatherer } from '../core/item.ts'
import { fileOf } from './code/locate.ts'
import { modules, type Modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { innermost, type Call, type Module, type Value } from './code/values.ts'
import { project } from './project.ts'
import { dispatchersIn } from './registered/dispatch.ts'
import { registrations, type Registration } from './registrations.ts'
import { openTold } from './tested/calls.ts'
import { openRunners, type Runners } from './tested/collected.ts'
import type { DeadTest, Site, TestCase } from './tested/model.ts'
import { fixturesOf, pythonCases } from './tested/python-cases.ts'
import { keyOf, type Entrances } from './tested/sites.ts'
import { typescriptCases } from './tested/typescript-cases.ts'
import { testModules, type CheckedScript } from './test-modules.ts'

/** What a test makes of the answer to a call. */
export type Outcome = 'result' | 'refusal' | 'nothing'

export interface TestCall {
  method: string
  /** Null when the name is made at run time, or for methods without a tool. */
  tool: string | null
  way: Site['way']
  outcome: Outcome
  path: string
  line: number
  /** The test, or the script of a pipeline. */
  name: string
  /** Where a pipeline runs it, for scripts. */
  script: CheckedScript | null
}

export interface TestCalls {
  /** Tests that run. */
  cases: number
  files: number
  dead: DeadTest[]
  calls: TestCall[]
  /** Files that could be read only in part. */
  broken: string[]
}

const maxCases = 4_000
/** Lines that a branch for one tool is looked at. */
const maxBranch = 40

const outcomeOf = ({ isAsserted, isRefused, isRefusedByText }: Site): Outcome =>
  isRefused ? 'refusal' : isAsserted ? 'result' : isRefusedByText ? 'refusal' : 'nothing'

interface Branch {
  name: string
  /** Where the name is compared. */
  line: number
  key: string
  call: Call
  place: Place
}

/** What is called where a handler has compared the name of the tool. */
const branchesIn = (module: Module, names: ReadonlySet<string>, resolver: Resolver): Branch[] => {
  const place: Place = { module, frames: [] }
  const lines = [...new Set(module.compared.map(({ line }) => line))].toSorted((one, other) => one - other)
  return module.compared.flatMap(({ value, line }) => {
    const isConstant = value.is === 'text' || value.is === 'member' || value.is === 'name'
    const name = isConstant ? resolver.text(value, place) : null
    if (name === null || !names.has(name)) return []
    const next = Math.min(lines.find(each => each > line) ?? line + maxBranch, line + maxBranch)
    return module.calls
      .filter(call => call.line >= line && call.line < next)
      .flatMap(call =>
        resolver
          .things(call.callee, place)
          .flatMap(thing =>
            thing.value.is === 'function' ? [{ name, line, key: keyOf(thing.module, thing.value), call, place }] : [],
          ),
      )
  })
}

/** The functions that do nothing but what one tool does, or that are told which tool is meant. */
const entrancesOf = (registered: Registration[], all: Module[], resolver: Resolver): Entrances => {
  const tools = new Map<string, Set<string>>()
  const add = (value: Value, place: Place, name: string, depth: number): void => {
    for (const thing of resolver.things(value, place)) {
      if (thing.value.is !== 'function') continue
      const key = keyOf(thing.module, thing.value)
      const names = tools.get(key) ?? new Set()
      tools.set(key, names.add(name))
      const [only, ...others] = thing.value.returns
      // a function that only hands over to another one
      if (depth < 2 && only?.is === 'call' && others.length === 0) add(only.callee, thing, name, depth + 1)
    }
  }
  const own = registered.filter(({ kind }) => kind === 'tool')
  for (const { work, name } of own) if (work && name !== null) add(work.value, work.place, name, 0)
  // one handler that serves all: the first function that only this tool calls, between one name and the next
  const served = new Set(own.filter(({ work }) => work === null).flatMap(({ name }) => name ?? []))
  const branches = served.size > 0 ? all.flatMap(module => branchesIn(module, served, resolver)) : []
  const users = new Map<string, Set<string>>()
  for (const { name, key } of branches) users.set(key, (users.get(key) ?? new Set()).add(name))
  const isShared = ({ key }: Branch): boolean => (users.get(key)?.size ?? 0) > 1
  const firsts = new Map<string, Branch>()
  for (const branch of branches) {
    const at = `${branch.place.module.path}:${branch.line} ${branch.name}`
    if (!isShared(branch) && !firsts.has(at)) firsts.set(at, branch)
  }
  for (const { name, call, place } of firsts.values()) add(call.callee, place, name, 0)
  const dispatchers = all
    .flatMap(module => dispatchersIn(module, resolver))
    .flatMap(({ kind, work, given }) =>
      kind !== 'tool'
        ? []
        : resolver
            .things(work.value, work.place)
            .flatMap(({ value, module }) => (value.is === 'function' ? [[keyOf(module, value), given] as const] : [])),
    )
  const registrars = new Map<string, string[]>()
  for (const { name, file, line } of own) {
    const module = all.find(({ path }) => path === file)
    const call = module?.calls.find(each => each.line === line && each.callee.is === 'member')
    const around = module && call ? innermost(module.functions, call.at) : undefined
    if (!module || !around || name === null) continue
    const key = keyOf(module, around)
    registrars.set(key, [...(registrars.get(key) ?? []), name])
  }
  return {
    registrars,
    tools: new Map([...tools].filter(([, names]) => names.size === 1).map(([key, names]) => [key, [...names]])),
    dispatchers: new Map(dispatchers),
    names: new Set(own.flatMap(({ name }) => name ?? [])),
  }
}

const importedBy = ({ declarations }: Module): string[] =>
  declarations.flatMap(({ value }) => (value.is === 'import' ? [value.module] : []))

/** Why a runner does not run the tests of a file; one that such a file imports runs with it. */
const openUncollected = (
  tests: Module[],
  { places }: Pick<Modules, 'places'>,
  runners: Runners,
): ((module: Module) => string | null) => {
  const reasons = new Map(tests.map(module => [module.path, runners.typescript(module.path, importedBy(module))]))
  const collected = tests.filter(({ path, language }) => language === 'typescript' && reasons.get(path) === null)
  const helpers = new Set(collected.flatMap(module => importedBy(module).map(name => fileOf(module, name, places))))
  return ({ path }) => (helpers.has(path) ? null : (reasons.get(path) ?? null))
}

/** `vi.mock('@modelcontextprotocol/sdk/client')`: what its tests call is not the server. */
const mocksClient = ({ calls }: Module): boolean =>
  calls.some(
    ({ callee, arguments: [first] }) =>
      callee.is === 'member' &&
      /^(mock|doMock|unstable_mockModule|module)$/.test(callee.name) &&
      first?.is === 'text' &&
      /modelcontextprotocol\/.*client|^fastmcp$/.test(first.text),
  )

/** What the tests that run call of the server, and what they make of the answers. */
export const testCalls = gatherer<
  TestCalls,
  {
    testModules: typeof testModules
    modules: typeof modules
    registrations: typeof registrations
    project: typeof project
  }
>({
  id: 'test-calls',
  impact: 'read',
  from: 'repository',
  needs: { testModules, modules, registrations, project },
  gather: async (
    { repository },
    { testModules: { modules: read, textOf, scripts, programs }, modules: own, registrations, project },
  ) => {
    const resolver = openResolver(read)
    const entrances = entrancesOf(registrations, own.all, openResolver(own))
    const started = new Set(scripts.map(({ path }) => path))
    const isTestFile = ({ role, path }: Module): boolean => role === 'test' && !started.has(path)
    const { ofCase, ofScript } = openTold(
      resolver,
      entrances,
      path => started.has(path) || read.byPath.get(path)?.role !== 'server',
    )
    const runners = repository ? await openRunners(repository, project) : null
    const fixtures = fixturesOf(read.byPath.values(), resolver)
    const cases: TestCase[] = []
    const dead: DeadTest[] = []
    const plain: Module[] = []
    const uncollected = runners
      ? openUncollected([...read.byPath.values()].filter(isTestFile), read, runners)
      : () => null
    for (const module of read.byPath.values()) {
      if (!isTestFile(module) || !runners) continue
      const found =
        module.language === 'python'
          ? pythonCases(module, fixtures(module), resolver, { ...runners.python, textOf })
          : typescriptCases(module, resolver, uncollected(module))
      if (found.cases.length + found.dead.length === 0 && programs.includes(module.path)) plain.push(module)
      cases.push(...found.cases)
      dead.push(...found.dead)
    }
    const calls: TestCall[] = []
    const add = (sites: Site[], name: string, script: CheckedScript | null, isMocked: boolean): void => {
      for (const site of sites) {
        if (isMocked && site.way === 'client') continue
        const { method, way, path, line } = site
        for (const tool of site.tools.length > 0 ? site.tools : [null])
          calls.push({ method, tool, way, outcome: outcomeOf(site), path, line, name, script })
      }
    }
    for (const [index, one] of cases.slice(0, maxCases).entries()) {
      add(ofCase(one), one.name, null, mocksClient(one.place.module))
      if (index % 20 === 19) await new Promise<void>(resolve => setImmediate(resolve))
    }
    for (const module of plain) add(ofScript(module), module.path, null, mocksClient(module))
    for (const script of scripts) {
      const module = read.byPath.get(script.path)
      if (module) add(ofScript(module), script.path, script, false)
    }
    return {
      cases: cases.length + plain.length,
      files: new Set(cases.map(({ place }) => place.module.path)).size + plain.length,
      dead,
      calls,
      broken: [...read.byPath.values()].filter(module => isTestFile(module) && module.broken).map(({ path }) => path),
    }
  },
})
