import { describe, expect, it } from 'vitest'
import { gathered, type Files } from '../testing/gathered.ts'
import { pipelines, type PipelineStep } from './pipelines.ts'

const stepsOf = async (files: Files): Promise<PipelineStep[]> => (await gathered(pipelines, files)).steps
const runsOf = async (files: Files): Promise<string[]> =>
  (await stepsOf(files))
    .flatMap(({ events, runs }) => (events.length > 0 ? runs : []))
    .map(({ via }) => via.join(' → '))
const ci = (text: string): Files => ({ '.github/workflows/ci.yml': text })
const job = (text: string): Files => ci(`on: push\njobs:\n  a:\n    runs-on: x\n${text}`)

describe('pipelines of GitHub', () => {
  it('give a composite action its inputs and their defaults', async () => {
    const action = `inputs:
  python: { default: '3.11' }
  tests: { default: 'true' }
runs:
  using: composite
  steps:
    - run: uv run --python \${{ inputs.python }} pytest
      if: inputs.tests == 'true'
      shell: bash
`
    const files = (given: string): Files => ({
      ...job(
        `    strategy: { matrix: { py: ['3.12', '3.13'] } }\n    steps:\n      - uses: ./.github/actions/t\n${given}`,
      ),
      '.github/actions/t/action.yml': action,
    })
    expect(await runsOf(files(''))).toEqual(['uv run --python 3.11 pytest'])
    expect(await runsOf(files('        with: { python: "${{ matrix.py }}" }\n'))).toEqual([
      'uv run --python 3.12 pytest',
      'uv run --python 3.13 pytest',
    ])
    expect(await runsOf(files('        with: { tests: false }\n'))).toEqual([])
  })

  it('give a reusable workflow its inputs, also as its matrix', async () => {
    const callee = `on:
  workflow_call:
    inputs:
      versions: { type: string, default: '["20"]' }
      lint: { type: boolean, default: false }
jobs:
  t:
    runs-on: x
    strategy: { matrix: { node: "\${{ fromJSON(inputs.versions) }}" } }
    steps:
      - run: npx -p node@\${{ matrix.node }} vitest
      - run: eslint .
        if: inputs.lint
`
    const files = (given: string): Files => ({
      ...ci(`on: push\njobs:\n  call:\n    uses: ./.github/workflows/t.yml\n${given}`),
      '.github/workflows/t.yml': callee,
    })
    expect(await runsOf(files(''))).toEqual(['npx -p node@20 vitest'])
    const given = `    with: { versions: '["22", "24"]', lint: true }\n`
    expect(await runsOf(files(given))).toEqual(['npx -p node@22 vitest', 'npx -p node@24 vitest', 'eslint .'])
  })

  it('know for which combinations a step runs', async () => {
    const steps = await stepsOf(
      job(`    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest]
        py: ['3.11', '3.12']
        exclude: [{ os: windows-latest, py: '3.11' }]
        include: [{ os: macos-latest, py: '3.12' }]
    steps:
      - run: pytest
      - run: coverage xml
        if: matrix.py == '3.12' && matrix.os == 'ubuntu-latest'
      - run: never
        if: matrix.py == '3.9'
`),
    )
    expect(steps.map(({ combinations }) => combinations?.length)).toEqual([4, 1, 0])
    expect(steps[2]).toMatchObject({ events: [], never: expect.stringContaining('no trigger satisfies') as string })
  })

  it('know which shell goes on after a failure', async () => {
    const files = {
      ...job(
        '    steps:\n      - run: npm run all | tee log\n      - run: ./ci.sh\n      - { run: a | b, shell: bash }\n',
      ),
      'package.json': '{"scripts":{"all":"eslint . ; vitest run"}}',
      'ci.sh': '#!/bin/sh\nmypy src\npytest\n',
    }
    const runs = (await stepsOf(files)).flatMap(step => step.runs)
    expect(runs.map(({ words, tolerated }) => [words[0], tolerated])).toEqual([
      ['eslint', true],
      ['vitest', true],
      ['tee', false],
      ['mypy', true],
      ['pytest', false],
      ['a', false],
      ['b', false],
    ])
  })

  it('use variables where they are literal', async () => {
    const files = ci(
      "on: push\nenv: { TOOL: pytest }\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${{ env.TOOL }} -q\n        if: env.TOOL == 'pytest'\n      - run: b\n        if: env.TOOL == 'x'\n",
    )
    expect(await runsOf(files)).toEqual(['pytest -q'])
  })
})

describe('pipelines of GitLab', () => {
  const text = `include:
  - local: /ci/lint.yml
  - template: Security/SAST.gitlab-ci.yml
default:
  image: node:\${NODE}
  cache: { key: { files: [package-lock.json] }, paths: [.npm/] }
test:
  parallel: { matrix: [{ NODE: ['20', '22'] }] }
  script: [npx vitest]
  artifacts: { paths: [dist], reports: { junit: j.xml } }
deploy:
  script: [npm publish]
  rules: [{ if: $CI_COMMIT_TAG }]
manual:
  script: [eslint .]
  when: manual
never:
  script: [mypy]
  rules: [{ when: never }]
merge:
  script: [tsc --noEmit]
  rules: [{ if: $CI_PIPELINE_SOURCE == "merge_request_event" }]
main:
  script: [npm pack]
  only: [main]
`
  const files = { '.gitlab-ci.yml': text, 'ci/lint.yml': 'lint:\n  script: [ruff check]\n' }

  it('are one step for each script, between cache and artifacts', async () => {
    const steps = await stepsOf(files)
    const of = (id: string): PipelineStep[] => steps.filter(step => step.job.id === id)
    expect(of('test').map(({ step }) => step.uses ?? step.run)).toEqual([
      'gitlab:cache',
      'npx vitest',
      'gitlab:artifacts',
    ])
    expect(of('test')[1]).toMatchObject({
      job: { container: 'node:${{ matrix.NODE }}', combinations: [{ NODE: '20' }, { NODE: '22' }] },
    })
    expect(of('lint')[1]).toMatchObject({ at: 'ci/lint.yml', line: 1 })
  })

  it('follow anchors, extensions and references', async () => {
    const text = `.lint: &lint
  script: [ruff check]
lint:
  <<: *lint
.setup: { before_script: [uv sync] }
test:
  extends: .setup
  script:
    - !reference [.lint, script]
    - pytest
`
    expect(await runsOf({ '.gitlab-ci.yml': text })).toEqual(['ruff check', 'uv sync', 'ruff check', 'pytest'])
  })

  it('run as their rules say', async () => {
    const steps = await stepsOf(files)
    const events = (id: string): string[] | undefined =>
      steps.find(({ job, step }) => job.id === id && step.run)?.events
    expect(events('deploy')).toEqual(['tag', 'workflow_dispatch'])
    expect(events('merge')).toEqual(['pull_request'])
    expect(events('never')).toEqual([])
    expect(events('main')).not.toContain('pull_request')
    expect(steps.find(({ job }) => job.id === 'manual')?.tolerated).toBe(true)
    expect((await gathered(pipelines, files)).elsewhere).toMatchObject([
      { uses: expect.stringContaining('SAST') as string },
    ])
  })
})

describe('pipelines of CircleCI', () => {
  const text = `version: 2.1
orbs: { node: circleci/node@5.2 }
parameters: { nightly: { type: boolean, default: false } }
executors:
  py:
    parameters: { version: { type: string, default: '3.11' } }
    docker: [{ image: "cimg/python:<< parameters.version >>" }]
commands:
  check:
    parameters: { tool: { type: string } }
    steps: [{ run: "<< parameters.tool >> ." }]
jobs:
  test:
    parameters: { python: { type: string } }
    executor: { name: py, version: << parameters.python >> }
    parallelism: 4
    steps:
      - checkout
      - restore_cache: { keys: ["v1-{{ checksum \\"uv.lock\\" }}"] }
      - check: { tool: ruff check }
      - run: { name: Tests, command: pytest | tee out }
      - run: { command: echo bad, when: on_fail }
      - when: { condition: << pipeline.parameters.nightly >>, steps: [{ run: locust }] }
      - save_cache: { key: "v1-{{ checksum \\"uv.lock\\" }}", paths: [~/.cache/uv] }
      - store_artifacts: { path: dist }
  publish:
    docker: [{ image: cimg/node:22.1 }]
    steps: [{ run: npm publish }]
  unused:
    docker: [{ image: x }]
    steps: [{ run: mypy }]
workflows:
  ci:
    jobs:
      - test: { matrix: { parameters: { python: ['3.12', '3.13'] } } }
      - node/test: { run-command: unit }
      - hold: { type: approval, requires: [test] }
      - publish:
          requires: [test, hold]
          filters: { branches: { ignore: /.*/ }, tags: { only: /^v.*/ } }
  nightly:
    when: << pipeline.parameters.nightly >>
    jobs: [publish]
`
  const files = { '.circleci/config.yml': text, 'package.json': '{"scripts":{"unit":"vitest run"}}' }

  it('expand commands, executors, matrices and orbs', async () => {
    const steps = await stepsOf(files)
    expect(await runsOf(files)).toEqual([
      'ruff check .',
      'pytest',
      'tee out',
      'npm run unit → vitest run',
      'npm publish',
    ])
    expect(steps.map(({ step }) => step.uses).filter(Boolean)).toEqual([
      'circleci:checkout',
      'circleci:restore_cache',
      'circleci:save_cache',
      'circleci:store_artifacts',
      'circleci/node/test@5.2',
    ])
    expect(steps[0]?.job).toMatchObject({ container: 'cimg/python:${{ matrix.python }}', shards: 4 })
  })

  it('follow anchors', async () => {
    const anchored = `version: 2
defaults: &defaults
  docker: [{ image: cimg/python:3.12 }]
jobs:
  build:
    <<: *defaults
    steps: [checkout, { run: pytest }]
`
    const steps = await stepsOf({ '.circleci/config.yml': anchored })
    expect(steps[1]).toMatchObject({ events: ['push'], job: { container: 'cimg/python:3.12' } })
  })

  it('run for a tag only when all that they require does', async () => {
    const every = text
      .replace("python: ['3.12', '3.13'] } }", "python: ['3.12'] } }, filters: { tags: { only: /.*/ } }")
      .replace('requires: [test] }', 'requires: [test], filters: { tags: { only: /.*/ } } }')
    const steps = await stepsOf({ '.circleci/config.yml': every })
    expect(steps.find(({ job }) => job.id === 'publish')?.events).toEqual(['tag'])
  })

  it('run where their filters and conditions let them', async () => {
    const steps = await stepsOf(files)
    expect(steps.filter(({ job }) => job.id === 'publish').map(({ events }) => events)).toEqual([
      [],
      ['workflow_dispatch'],
    ])
    expect(steps.find(({ job }) => job.id === 'test')?.events).toEqual(['push'])
    expect(steps.find(({ step }) => step.run === 'locust')?.never).toContain('if: false')
  })

  it('are refused when they name what does not exist', async () => {
    const broken = { '.circleci/config.yml': text.replace('- node/test', '- none\n      - node/test') }
    expect((await gathered(pipelines, broken)).refused).toMatchObject([{ message: 'there is no job none' }])
  })
})
