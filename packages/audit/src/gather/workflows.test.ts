import { describe, expect, it } from 'vitest'
import { gathered, type Files } from '../testing/gathered.ts'
import { logShipping } from './log-shipping.ts'
import { pipelines } from './pipelines.ts'
import { workflows } from './workflows.ts'

const ci = (text: string): Files => ({ '.github/workflows/ci.yml': text })
const text = `name: CI
on:
  push: { branches: [main], tags-ignore: ['beta-*'] }
  schedule: [{ cron: '0 4 * * 1' }]
permissions: read-all
defaults: { run: { working-directory: app } }
jobs:
  test:
    name: Tests
    runs-on: [self-hosted, linux]
    needs: []
    timeout-minutes: 10
    strategy: { matrix: { node: [20, 22], include: [{ node: 24, os: x }] } }
    services: { redis: { image: redis } }
    environment: { name: staging }
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      - name: Test
        run: npm test -- \${{ matrix.node }}
        continue-on-error: true
`

describe('workflows', () => {
  it('are read into a model', async () => {
    const [workflow] = (await gathered(workflows, ci(text))).workflows
    expect(workflow).toMatchObject({
      name: 'CI',
      forge: 'github',
      permissions: { '*': 'read-all' },
      triggers: [
        { event: 'push', branches: ['main'], tagsIgnore: ['beta-*'] },
        { event: 'schedule', crons: ['0 4 * * 1'] },
      ],
      jobs: [
        {
          id: 'test',
          name: 'Tests',
          line: 8,
          runsOn: ['self-hosted', 'linux'],
          matrix: { node: ['20', '22', '24'], os: ['x'] },
          services: ['redis'],
          environment: 'staging',
          timeoutMinutes: 10,
          workingDirectory: 'app',
          steps: [
            { uses: 'actions/checkout@v4', with: { 'fetch-depth': '0' }, line: 17 },
            { name: 'Test', continueOnError: true, line: 19 },
          ],
        },
      ],
      faults: [],
    })
  })

  it('spell out their matrix in the commands they run', async () => {
    const files = { ...ci(text), 'app/package.json': '{"scripts":{"test":"vitest run"}}' }
    const { steps } = await gathered(pipelines, files)
    expect(steps[1]?.runs.map(({ words, directory }) => [words.at(-1), directory])).toEqual([
      ['20', 'app'],
      ['22', 'app'],
      ['24', 'app'],
    ])
    expect(steps[1]).toMatchObject({ events: ['push', 'tag', 'schedule'], tolerated: true })
  })

  it.each([
    ['no trigger', 'jobs: { a: { runs-on: x, steps: [{ run: a }] } }', 'no trigger'],
    ['no steps', 'on: push\njobs: { a: { runs-on: x } }', 'no steps'],
    ['no runner', 'on: push\njobs: { a: { steps: [{ run: a }] } }', 'no runs-on'],
    ['a step that does nothing', 'on: push\njobs: { a: { runs-on: x, steps: [{ name: a }] } }', 'exactly one of'],
    ['the same key twice', 'on: push\non: push\njobs: {}', 'unique'],
    ['a list', '- a', 'not a mapping'],
    ['nesting without end', `on: ${'['.repeat(200_000)}`, ''],
    [
      'aliases without end',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, at) => `${'bcdefghij'[at]}: &${'bcdefghij'[at]} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(',')}]`).join('\n')}`,
      '',
    ],
  ])('are refused with %s', async (_, content, message) => {
    const [workflow] = (await gathered(workflows, ci(content))).workflows
    expect(workflow?.faults[0]?.message).toContain(message)
  })

  it('never bring the audit down', async () => {
    const hostile = `filebeat.inputs: ${'['.repeat(100_000)}`
    expect((await gathered(logShipping, { 'filebeat.yml': hostile })).broken).toHaveLength(1)
    expect((await gathered(workflows, { '.gitlab-ci.yml': hostile })).workflows[0]?.faults).not.toEqual([])
    expect((await gathered(pipelines, { Makefile: '('.repeat(100_000), 'tox.ini': '[testenv' })).steps).toEqual([])
  })
})
