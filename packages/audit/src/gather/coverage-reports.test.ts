import { describe, expect, it } from 'vitest'
import { gathered } from '../testing/gathered.ts'
import { coverageReports } from './coverage-reports.ts'

const workflow = (steps: string): Record<string, string> => ({
  'package.json': '{"scripts":{"test":"vitest run --coverage"}}',
  '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${steps}`,
})

describe('coverage reports', () => {
  it.each([
    ['- uses: codecov/codecov-action@v5', 'uploads'],
    ['- { uses: actions/upload-artifact@v4, with: { path: coverage/lcov.info } }', 'uploads'],
    ['- run: npm test', 'prints'],
    ['- run: npx c8 node --test', 'prints'],
    ['- run: coverage run -m pytest && coverage report', 'prints'],
    ['- run: uv run pytest --cov=src', 'prints'],
  ])('are found in %s', async (step, kind) => {
    expect(await gathered(coverageReports, workflow(`      ${step}\n`))).toMatchObject([
      { kind, events: ['push', 'tag'] },
    ])
  })

  it.each([
    '- run: npx vitest run',
    '- run: coverage run -m pytest',
    '- run: echo pytest --cov',
    '- run: pytest --no-cov --cov',
  ])('are not found in %s', async step => {
    expect(await gathered(coverageReports, workflow(`      ${step}\n`))).toEqual([])
  })

  it('say why nothing reaches them', async () => {
    const [found] = await gathered(coverageReports, workflow('      - { run: npm test, if: false }\n'))
    expect(found).toMatchObject({ events: [], never: expect.stringContaining('if: false') as string })
  })
})
