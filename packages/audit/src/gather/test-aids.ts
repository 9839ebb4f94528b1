import type { SgNode } from '@ast-grep/napi'
import { gatherer } from '../core/item.ts'
import { namedParts } from './code/nodes.ts'
import { isInScope, project } from './project.ts'
import { trees, type Source } from './trees.ts'

/** Something that tests use instead of the real thing, or to be set up. */
export interface TestAid {
  /** `stand-in` takes the place of something outside; `fixture` is data or a state that tests start from. */
  kind: 'fixture' | 'stand-in'
  what: string
  path: string
  line: number
}

export interface TestAids {
  /** Files with test cases. */
  tests: string[]
  aids: TestAid[]
  /** Fixtures that are written down and that no test takes. */
  unused: TestAid[]
  /** There are more aids than were looked at. */
  isCut: boolean
}

type Look = (node: SgNode) => Omit<TestAid, 'path' | 'line'> | null

const fixture = (what: string): ReturnType<Look> => ({ kind: 'fixture', what })
const standIn = (what: string): ReturnType<Look> => ({ kind: 'stand-in', what })

const head = (node: SgNode | null): string => (node?.text() ?? '').slice(0, 80)

/** Calls by which tests of JavaScript are set up, or get something in place of the real thing. */
const typescriptCall: Look = node => {
  const callee = head(node.field('function') ?? node.field('constructor'))
  if (/^(before|beforeEach|beforeAll|setup)$|^test\.(before|beforeEach)$|^(test|base|it)\.extend$/.test(callee))
    return fixture(callee)
  if (/^(vi|jest)\.(fn|mock|doMock|spyOn|stubGlobal|mocked|unstable_mockModule)$/.test(callee)) return standIn(callee)
  if (/^(mock|t\.mock|context\.mock)\.(fn|method|module|getter|timers)$/.test(callee)) return standIn(callee)
  if (/^(sinon|sandbox)\.(stub|mock|fake|spy|replace|createStubInstance)$/.test(callee)) return standIn(callee)
  if (
    /^(nock|setupServer|fetchMock\.\w+|proxyquire|esmock|createServer|http\.createServer|MockAgent|MockAdapter|mockDeep)$/.test(
      callee,
    )
  )
    return standIn(callee)
  return /^(\w*Container|MongoMemoryServer|PGlite)$/.test(callee) && node.kind() === 'new_expression'
    ? standIn(callee)
    : null
}

const isGlobal = /^(globalThis|global|window)\.\w+$/

/** Objects with functions that a test hands to the server, classes that it writes in place of another. */
const typescriptOther: Look = node => {
  const kind = String(node.kind())
  const target = kind === 'assignment_expression' ? head(node.field('left')) : ''
  if (/^process\.env\b/.test(target)) return fixture(`${target} =`)
  if (isGlobal.test(target)) return standIn(`${target} =`)
  if (kind === 'class_declaration' && node.children().some(child => child.kind() === 'class_heritage'))
    return standIn(`class ${head(node.field('name'))}`)
  if (kind === 'variable_declarator' && /^(fake|stub|mock|dummy|double)/i.test(head(node.field('name'))))
    return node.field('value')?.find({ rule: { any: [{ kind: 'arrow_function' }, { kind: 'method_definition' }] } })
      ? standIn(head(node.field('name')))
      : null
  return null
}

const mockers =
  /^(mock\.)?(patch(\.(object|dict|multiple))?|MagicMock|AsyncMock|Mock|create_autospec|NonCallableMock)$|^(respx|responses|requests_mock|aioresponses|vcr|my_vcr|freezegun)(\.\w+)*$|^(httpx\.)?(MockTransport|ASGITransport)$|^mocker\.\w+(\.\w+)*$|^monkeypatch\.(setattr|setitem|setenv|delenv|delattr)$|^(mock_aws|mock_s3|HTTPServer|ThreadingHTTPServer|TestServer|\w*Container)$/

const pythonCall: Look = node => {
  const callee = head(node.field('function')).replace(/^unittest\.mock\./, '')
  return mockers.test(callee) ? standIn(callee) : null
}

/** Fixtures of plugins that stand in for something outside. */
const pluginFixture =
  /^(httpx_mock|respx_mock|requests_mock|aioresponses|responses|mocker|monkeypatch|httpserver|fake_\w+|mock_\w+|mocked_\w+|stub_\w+)$/
const dataFixture = /^(tmp_path|tmpdir|tmp_path_factory|caplog|capsys|datadir|shared_datadir)$/

const decoratorsOf = (node: SgNode): string[] =>
  node
    .children()
    .filter(child => child.kind() === 'decorator')
    .map(child => child.text())

interface PythonFixture {
  name: string
  aid: TestAid
  isAutomatic: boolean
}

const pythonIn = (root: SgNode, path: string, aids: TestAid[], fixtures: PythonFixture[], taken: Set<string>): void => {
  const add = (found: ReturnType<Look>, node: SgNode): void => {
    if (found) aids.push({ ...found, path, line: node.range().start.line + 1 })
  }
  for (const node of root.findAll({ rule: { kind: 'call' } })) add(pythonCall(node), node)
  for (const node of root.findAll({ rule: { kind: 'decorated_definition' } })) {
    const decorators = decoratorsOf(node)
    const name = head(node.field('definition')?.field('name') ?? null)
    const own = decorators.find(text => /^@(pytest(_asyncio)?\.)?fixture\b/.test(text))
    for (const [, listed = ''] of decorators.join('\n').matchAll(/usefixtures\(([^)]*)\)/g))
      for (const [, used = ''] of listed.matchAll(/["'](\w+)["']/g)) taken.add(used)
    if (decorators.some(text => /^@((unittest\.)?mock\.)?patch\b|^@(respx|responses|vcr)\b/.test(text)))
      add(standIn(decorators[0] ?? ''), node)
    if (!own) continue
    const named = /\bname\s*=\s*["'](\w+)["']/.exec(own)?.[1] ?? name
    const aid: TestAid = { kind: 'fixture', what: `fixture ${named}`, path, line: node.range().start.line + 1 }
    fixtures.push({ name: named, aid, isAutomatic: /autouse\s*=\s*True/.test(own) })
  }
  for (const node of root.findAll({ rule: { kind: 'function_definition' } })) {
    const name = head(node.field('name'))
    if (/^(setUp|setUpClass|asyncSetUp|setup_method|setup_module|setUpModule|setup_class)$/.test(name))
      add(fixture(name), node)
    for (const parameter of namedParts(node.field('parameters'))) {
      const used = parameter.text().split(/[:=\s]/)[0] ?? ''
      taken.add(used)
      if (pluginFixture.test(used)) add(standIn(used), parameter)
      else if (dataFixture.test(used)) add(fixture(used), parameter)
    }
  }
  for (const node of root.findAll({ rule: { kind: 'class_definition' } })) {
    const bases = head(node.field('superclasses'))
    const name = head(node.field('name'))
    const isCase = /^Test|Tests?$/.test(name) || /TestCase|\bABC\b|Enum|BaseModel|Exception|Error/.test(bases)
    if (!isCase && (bases !== '' || /^(Fake|Stub|Mock|Dummy|StandIn)/.test(name))) add(standIn(`class ${name}`), node)
  }
}

const isTestFile = ({ path, text, language }: Source): boolean =>
  language === 'python'
    ? /(^|\/)(test_[^/]+|[^/]+_test)\.py$/.test(path) || /^\s*(async )?def test_/m.test(text)
    : /[._-](test|spec)\.[mc]?[jt]sx?$/.test(path) || /(^|\s)(it|test|describe)(\.\w+)*\s*\(/m.test(text)

const dataFile =
  /(^|\/)(fixtures?|__fixtures__|testdata|test[_-]data|cassettes|__mocks__|mocks?|factories)\/(?!.*\.(py|[mc]?[jt]sx?)$)[^/]+/

/** Data files count when a test names their folder or the file. */
const dataFixtures = (files: readonly string[], tests: Source[]): TestAid[] => {
  const data = files
    .filter(path => dataFile.test(path) && /(^|\/)(tests?|__tests__|spec|src|fixtures)\//.test(path))
    .slice(0, 500)
  const named = data.find(path => {
    const parts = path.split('/')
    return tests.some(({ text }) => text.includes(parts.at(-1) ?? '') || text.includes(`${parts.at(-2) ?? ''}/`))
  })
  return named ? [{ kind: 'fixture', what: `data in ${named.replace(/\/[^/]*$/, '')}`, path: named, line: 1 }] : []
}

/** More than these tell nothing new; the files are read in a fixed order. */
const enough = 200

/** The fixtures and stand-ins in the tests of the server's package. */
export const testAids = gatherer<TestAids, { trees: typeof trees; project: typeof project }>({
  id: 'test-aids',
  impact: 'read',
  from: 'repository',
  needs: { trees, project },
  gather: async ({ repository }, { trees, project: found }) => {
    const own = trees.sources.filter(
      ({ role, path }) => role === 'test' && (isInScope(found, path) || /^(tests?|e2e)\//.test(path)),
    )
    const wanted = new Set(own.map(({ path }) => path))
    const tests = own.filter(isTestFile)
    const aids: TestAid[] = dataFixtures(repository?.files ?? [], tests)
    const fixtures: PythonFixture[] = []
    const taken = new Set<string>()
    await trees.visit(
      { test: (_, { path }) => wanted.has(path) && aids.length < enough },
      (root, { path, language }): never[] => {
        if (language === 'python') pythonIn(root, path, aids, fixtures, taken)
        else {
          const calls = root.findAll({ rule: { any: [{ kind: 'call_expression' }, { kind: 'new_expression' }] } })
          const others = root.findAll({
            rule: {
              any: [{ kind: 'assignment_expression' }, { kind: 'class_declaration' }, { kind: 'variable_declarator' }],
            },
          })
          for (const [nodes, look] of [
            [calls, typescriptCall],
            [others, typescriptOther],
          ] as const)
            for (const node of nodes) {
              const aid = look(node)
              if (aid) aids.push({ ...aid, path, line: node.range().start.line + 1 })
            }
        }
        return []
      },
    )
    const isMade = ({ what }: TestAid): boolean => {
      const name = /^class (\w+)$/.exec(what)?.[1]
      return name === undefined || own.some(({ text }) => new RegExp(`(?<!class )\\b${name}\\b`).test(text))
    }
    const isUsed = ({ name, isAutomatic }: PythonFixture): boolean => isAutomatic || taken.has(name)
    return {
      tests: tests.map(({ path }) => path),
      aids: [...aids.filter(isMade), ...fixtures.filter(isUsed).map(({ aid }) => aid)],
      isCut: aids.length >= enough,
      unused: aids.length < enough ? fixtures.filter(each => !isUsed(each)).map(({ aid }) => aid) : [],
    }
  },
})
