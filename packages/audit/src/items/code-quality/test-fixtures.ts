import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { outbound } from '../../gather/outbound.ts'
import { published } from '../../gather/published.ts'
import { testAids, type TestAid } from '../../gather/test-aids.ts'

const shown = 10

const told = ({ kind, what, path, line }: TestAid): Evidence => ({ at: path, line, saw: `${kind}: ${what}` })

const item: Item = {
  id: 'test-fixtures',
  area: 'code-quality',
  rows: [8],
  title: 'Tests with fixtures and stand-ins',
  level: 'may',
  why: 'Tests that build everything anew and call the real service are slow, fail when that service does, and are soon switched off.',
  how: 'Keep what tests start from in fixtures (`@pytest.fixture`, `beforeEach`, files in tests/fixtures) and put a stand-in in the place of each outside service (respx or `httpx.MockTransport`; msw, `vi.mock` or a local server).',
  refs: ['https://docs.pytest.org/en/stable/how-to/fixtures.html', 'https://vitest.dev/guide/mocking.html'],
  checks: [
    check({
      asks: 'Do the tests use fixtures, and stand-ins for the services that the server calls?',
      needs: { testAids, outbound, published },
      judge: ({ testAids: { tests, aids, unused, isCut }, outbound: { calls }, published }) => {
        if (tests.length === 0)
          return published.what
            ? unknown(`this is ${published.what}; its tests are not part of it`)
            : fail({ at: '.', saw: 'there are no tests', wanted: 'tests with fixtures and stand-ins' })
        const requests = calls.filter(({ kind }) => kind === 'http')
        const standIns = aids.filter(({ kind }) => kind === 'stand-in')
        const [first] = requests
        if (first && standIns.length === 0)
          return fail({
            at: first.file,
            line: first.line,
            saw: `${first.what} calls out, and none of ${tests.length} test files puts anything in its place`,
            wanted: 'a stand-in that the tests use',
          })
        if (aids.length === 0 && unused.length === 0)
          return unknown(
            `no fixture or stand-in of a known kind in ${tests.length} test files, and no call out that needs one`,
          )
        const some = [...standIns, ...aids.filter(({ kind }) => kind === 'fixture')]
        return judged(
          aids.length === 0 ? unused.map(aid => ({ ...told(aid), wanted: 'a test that takes it' })) : [],
          [
            {
              at: 'tests',
              saw: `${isCut ? 'at least ' : ''}${standIns.length} stand-ins and ${aids.length - standIns.length} fixtures in ${tests.length} test files; ${requests.length} calls out`,
            },
            ...some.slice(0, shown).map(told),
          ],
          'not reached',
        )
      },
    }),
  ],
}

export default item
