import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { lists } from '../../gather/lists.ts'
import { published, type Published } from '../../gather/published.ts'
import { registrations } from '../../gather/registrations.ts'
import { testCalls, type TestCall, type TestCalls } from '../../gather/test-calls.ts'

const shown = 12
const wanted = 'a test that calls it and claims something of its result'

const why: Record<TestCall['outcome'], string> = {
  result: '',
  refusal: 'what is claimed of it is about an error',
  nothing: 'nothing is claimed of the result',
}

const placeOf = ({ path, line }: TestCall): { at: string; line: number } => ({ at: path, line })

/** The best that the tests do with a tool. */
const bestOf = (tool: string, { calls }: TestCalls): TestCall | undefined => {
  const own = calls.filter(call => call.tool === tool)
  return own.find(({ outcome }) => outcome === 'result') ?? own.find(({ outcome }) => outcome === 'refusal') ?? own[0]
}

const missing = (tool: string, tests: TestCalls, place: { at: string; line?: number }): Evidence => {
  const best = bestOf(tool, tests)
  if (best) return { ...placeOf(best), saw: `${tool} is called in «${best.name}», but ${why[best.outcome]}`, wanted }
  return { ...place, saw: `no test that runs calls ${tool}`, wanted }
}

const deadTests = ({ dead }: TestCalls): Evidence[] => {
  const [first] = dead
  const { path = '', line = 1, name = '', because = '' } = first ?? {}
  return first ? [{ at: path, line, saw: `${dead.length} tests do not run, such as «${name}»: ${because}` }] : []
}

/** Each tool and where it stands, against what the tests call. */
const judge = (tools: Map<string, { at: string; line?: number }>, tests: TestCalls, { what }: Published): Verdict => {
  if (tests.cases === 0 && tests.calls.length === 0) {
    if (tests.dead.length === 0 && what) return unknown(`this is ${what}; its tests are not part of it`)
    if (tests.broken[0]) return unknown(`${tests.broken[0]} can be read only in part, and no other test was found`)
    return fail({ at: '.', saw: 'there is no test that runs', wanted: 'a test for each tool' }, ...deadTests(tests))
  }
  const names = [...tools.keys()]
  const tested = names.filter(name => bestOf(name, tests)?.outcome === 'result')
  const untested = names.filter(name => !tested.includes(name))
  const open = tests.calls.find(
    ({ method, tool, outcome }) => method === 'tools/call' && tool === null && outcome !== 'refusal',
  )
  if (untested.length > 0 && open)
    return unknown(
      `${untested.slice(0, shown).join(', ')}: not seen in a test, but ${open.path}:${open.line} calls tools by names made at run time`,
    )
  if (untested.length > 0 && tests.broken[0])
    return unknown(
      `${untested.slice(0, shown).join(', ')}: not seen in a test, but ${tests.broken[0]} can be read only in part`,
    )
  const by = (ways: TestCall['way'][]): number =>
    names.filter(name =>
      tests.calls.some(call => call.tool === name && call.outcome === 'result' && ways.includes(call.way)),
    ).length
  const count = `${tested.length} of ${names.length} tools are tested: ${by(['client', 'server'])} called by name, ${by(['function'])} as a function`
  const examples = tested.flatMap((name): Evidence[] => {
    const best = bestOf(name, tests)
    return best ? [{ ...placeOf(best), saw: `${name}, in «${best.name}»` }] : []
  })
  const broken = untested.map(name => missing(name, tests, tools.get(name) ?? { at: '.' }))
  return judged(
    broken.length > 0 ? [...broken.slice(0, shown), { at: 'tests', saw: count }, ...deadTests(tests)] : [],
    [{ at: 'tests', saw: count }, ...examples.slice(0, shown)],
    'there is no tool',
  )
}

const item: Item = {
  id: 'tool-tests',
  area: 'code-quality',
  rows: [5],
  title: 'A test for every tool',
  level: 'must',
  why: 'A tool that no test calls breaks with the next change, and the first to notice is a model in the middle of its work.',
  how: 'Write a test for each tool that calls it by name through a client (`client.callTool({ name })`, `await client.call_tool("name", {...})`) and compares the result with what it should be; a test of the error alone is not enough.',
  refs: ['https://gofastmcp.com/servers/testing', 'https://vitest.dev/guide/'],
  checks: [
    check({
      asks: 'Does a test call each tool of the source, and claim something of its result?',
      needs: { registrations, testCalls, published },
      judge: ({ registrations, testCalls, published }) => {
        const own = registrations.filter(({ kind, unreachable }) => kind === 'tool' && unreachable === null)
        if (own.length === 0)
          return registrations.length > 0 && registrations.every(({ kind }) => kind !== 'tool')
            ? notApplicable('prompts and resources are registered in the source, and no tool')
            : unknown('no registration of a tool that runs was found in the source')
        const named = own.flatMap(({ name, file, line }) =>
          name === null ? [] : [[name, { at: file, line }] as const],
        )
        const verdict = judge(new Map(named), testCalls, published)
        const computed = own.length - named.length
        return computed > 0 && verdict.status !== 'unknown' && (verdict.status === 'pass' || named.length === 0)
          ? unknown(`the names of ${computed} of ${own.length} registrations are made at run time`)
          : verdict
      },
    }),
    check({
      asks: 'Does a test call each tool that the running server lists, and claim something of its result?',
      needs: { lists, testCalls, published },
      judge: ({ lists: { tools, capabilities }, testCalls, published }) => {
        if (!('tools' in capabilities)) return notApplicable('the server does not declare the capability tools')
        return judge(new Map(tools.map(({ name }) => [name, { at: `tools/list ${name}` }])), testCalls, published)
      },
    }),
  ],
}

export default item
