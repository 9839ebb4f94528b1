import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import testFixtures from './test-fixtures.ts'

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(testFixtures, files)
  return { status, said: JSON.stringify(verdicts) }
}

const calling: Files = { 'src/a.ts': "export const f = () => fetch('https://a.b/c')\n" }
const asking: Files = { 'a.py': 'import httpx\n\ndef f():\n    return httpx.get("https://a.b/c", timeout=5)\n' }
const plain: Files = { 'a.py': 'def f():\n    return 1\n' }

describe('test-fixtures', () => {
  it.each<[string, Files]>([
    ['vi.mock', { ...calling, 'test/a.test.ts': "vi.mock('./a')\nit('a', () => {})\n" }],
    [
      'a local server',
      { ...calling, 'test/a.test.ts': "const s = createServer(() => {}).listen(0)\nit('a', () => {})\n" },
    ],
    [
      'msw in a file for all tests',
      { ...calling, 'test/server.ts': 'export const s = setupServer()\n', 'test/a.test.ts': "it('a', () => {})\n" },
    ],
    [
      'a global that is replaced',
      { ...calling, 'test/a.test.ts': "globalThis.fetch = async () => new Response('')\nit('a', () => {})\n" },
    ],
    [
      'the mocks of node',
      {
        ...calling,
        'test/a.test.mjs':
          "import { mock, test } from 'node:test'\nmock.method(globalThis, 'fetch', () => {})\ntest('a', () => {})\n",
      },
    ],
    ['respx', { ...asking, 'tests/test_a.py': 'def test_a(respx_mock):\n    respx_mock.get("https://a.b/c")\n' }],
    [
      'patch',
      {
        ...asking,
        'tests/test_a.py': 'from unittest.mock import patch\n\n@patch("a.httpx")\ndef test_a(get):\n    pass\n',
      },
    ],
    [
      'a class in its place',
      { ...asking, 'tests/test_a.py': 'class StandIn(Network):\n    pass\n\ndef test_a():\n    StandIn()\n' },
    ],
    [
      'a transport',
      {
        ...asking,
        'tests/test_a.py': 'import httpx\n\ndef test_a():\n    httpx.Client(transport=httpx.MockTransport(None))\n',
      },
    ],
    [
      'fixtures alone where nothing is called',
      {
        ...plain,
        'tests/test_a.py':
          'import pytest\n\n@pytest.fixture\ndef one():\n    return 1\n\ndef test_a(one):\n    assert one\n',
      },
    ],
    [
      'fixtures in conftest.py',
      {
        ...plain,
        'tests/conftest.py': 'import pytest\n\n@pytest.fixture\ndef one():\n    return 1\n',
        'tests/test_a.py': 'def test_a(one):\n    assert one\n',
      },
    ],
    [
      'data files',
      {
        ...plain,
        'tests/fixtures/a.json': '{}',
        'tests/test_a.py': 'def test_a():\n    open("tests/fixtures/a.json")\n',
      },
    ],
  ])('passes %s', async (_, files) => {
    const { status, said } = await judge(files)
    expect(status, said).toBe('pass')
  })

  it.each<[string, Files, RegExp]>([
    ['no tests', plain, /no tests/],
    [
      'a call out without a stand-in',
      { ...calling, 'test/a.test.ts': "beforeEach(() => {})\nit('a', () => f())\n" },
      /puts anything in its place/,
    ],
    [
      'a mock that is only imported',
      {
        ...asking,
        'tests/test_a.py': 'from unittest.mock import MagicMock\nimport respx\n\ndef test_a():\n    "respx.get"\n',
      },
      /puts anything in its place/,
    ],
    [
      'a class that no test makes',
      { ...asking, 'tests/test_a.py': 'class StandIn(Network):\n    pass\n\ndef test_a():\n    Network()\n' },
      /puts anything in its place/,
    ],
    [
      'a fixture that no test takes',
      {
        ...plain,
        'tests/test_a.py':
          'import pytest\n\n@pytest.fixture\ndef one():\n    return 1\n\ndef test_a():\n    assert 1\n',
      },
      /fixture one/,
    ],
  ])('fails with %s', async (_, files, wanted) => {
    const { status, said } = await judge(files)
    expect(status, said).toBe('fail')
    expect(said).toMatch(wanted)
  })

  it('leaves open what needs none', async () => {
    expect(await judge({ ...plain, 'tests/test_a.py': 'def test_a():\n    assert 1\n' })).toMatchObject({
      status: 'unknown',
    })
  })
})
