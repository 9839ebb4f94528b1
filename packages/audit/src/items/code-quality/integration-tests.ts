import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { inspectorRuns } from '../../gather/inspector-runs.ts'
import { published } from '../../gather/published.ts'
import { registrations } from '../../gather/registrations.ts'
import { testCalls, type TestCall, type TestCalls } from '../../gather/test-calls.ts'

const shown = 8
const wanted = 'a test that calls a tool through a client and a transport, and claims something of the result'

const told = ({ path, line, method, tool, name, script }: TestCall): Evidence => ({
  at: path,
  line,
  saw: `${method}${tool === null ? '' : ` ${tool}`} through a client, in ${
    script ? `a script that ${script.at}:${script.line} runs on ${script.events.join(', ')}` : `«${name}»`
  }`,
})

/** What is nearest to it, to be shown where there is none. */
const nearest = ({ calls, dead, cases }: TestCalls): Evidence => {
  const weak = calls.find(({ way }) => way === 'client')
  if (weak)
    return {
      at: weak.path,
      line: weak.line,
      saw: `${weak.method} ${weak.tool ?? ''}: nothing is claimed of a good answer`,
      wanted,
    }
  const [first] = dead
  if (cases === 0 && first)
    return { at: first.path, line: first.line, saw: `«${first.name}»: ${first.because}`, wanted }
  const inside = calls.find(({ way }) => way !== 'client')
  if (inside)
    return {
      at: inside.path,
      line: inside.line,
      saw: `«${inside.name}» calls the server from inside: no client, no transport`,
      wanted,
    }
  return {
    at: '.',
    saw: cases === 0 ? 'there is no test that runs' : `none of ${cases} tests drives the server`,
    wanted,
  }
}

const item: Item = {
  id: 'integration-tests',
  area: 'code-quality',
  rows: [6],
  title: 'Tests that drive the server through a client',
  level: 'must',
  why: 'Functions that work by themselves say nothing about registration, schemas and transport: the server may not even start.',
  how: 'Connect a real client to the server in a test (`InMemoryTransport.createLinkedPair()` or `StdioClientTransport`; `async with Client(server)` of FastMCP, or `stdio_client` of the SDK), call a tool and compare its result.',
  refs: ['https://gofastmcp.com/servers/testing', 'https://github.com/modelcontextprotocol/typescript-sdk'],
  checks: [
    check({
      asks: 'Does a test that runs drive the server through an MCP client or a transport?',
      needs: { registrations, testCalls, inspectorRuns, published },
      judge: ({ registrations, testCalls, inspectorRuns, published }) => {
        const tools = new Set(registrations.flatMap(({ kind, name }) => (kind === 'tool' ? [name] : [])))
        const isOwn = ({ tool, method }: TestCall): boolean =>
          method !== 'tools/call' || tool === null || tools.size === 0 || tools.has(null) || tools.has(tool)
        const driven = testCalls.calls.filter(({ way, outcome }) => way === 'client' && outcome === 'result')
        const own = driven.filter(isOwn).toSorted((a, b) => Number(b.tool !== null) - Number(a.tool !== null))
        if (own.length === 0 && inspectorRuns.length === 0) {
          if (testCalls.cases + testCalls.dead.length === 0 && published.what)
            return unknown(`this is ${published.what}; its tests are not part of it`)
          if (testCalls.broken[0]) return unknown(`${testCalls.broken[0]} can be read only in part`)
          const [foreign] = driven
          if (foreign) return fail({ ...told(foreign), saw: `${foreign.tool} is no tool of this server`, wanted })
        }
        const calls = { at: 'tests', saw: `${own.length} calls through a client with a claim about the result` }
        return judged(
          own.length + inspectorRuns.length > 0 ? [] : [nearest(testCalls)],
          [...(own.length > 0 ? [calls] : []), ...own.slice(0, shown).map(told), ...inspectorRuns.slice(0, shown)],
          'not reached',
        )
      },
    }),
  ],
}

export default item
