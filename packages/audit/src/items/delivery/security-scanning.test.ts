import { describe, expect, it } from 'vitest'
import type { ForgeFacts } from '../../core/target.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import item from './security-scanning.ts'

type Files = Record<string, string>

const said = async (files: Files): Promise<string> =>
  (await judgeFiles(item, files)).verdicts
    .map(({ evidence, because }) => because ?? evidence?.map(({ saw }) => saw).join('\n'))
    .join('\n')
const ci = (jobs: string, on = '[push, pull_request]'): Files => ({
  '.github/workflows/ci.yml': `on: ${on}\njobs:\n${jobs}`,
})
const job = (steps: string, more = '', id = 'a'): string =>
  `  ${id}:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`
const run = (command: string): string => `      - run: ${command}\n`
const uses = (action: string, inputs = '', more = ''): string =>
  `      - uses: ${action}\n${more}${inputs === '' ? '' : `        with: { ${inputs} }\n`}`

const source = { 'src/index.ts': 'export {}\n' }
const codeql = (languages: string): string =>
  uses('github/codeql-action/init@v4', languages) + uses('github/codeql-action/analyze@v4')
const good = codeql('languages: typescript') + run('npm audit') + uses('gitleaks/gitleaks-action@v2')
const of = (steps: string, on?: string): Files => ({ ...source, ...ci(job(steps), on) })

describe('security-scanning', () => {
  it.each([
    ['CodeQL, npm audit and gitleaks', of(good)],
    [
      'ruff with S, pip-audit and trufflehog',
      {
        'pyproject.toml': '[tool.ruff.lint]\nextend-select = ["S"]\n',
        ...ci(job(run('uv run ruff check') + run('uvx pip-audit') + uses('trufflesecurity/trufflehog@main'))),
      },
    ],
    [
      'hooks',
      {
        '.pre-commit-config.yaml':
          'repos:\n- repo: x\n  hooks: [{ id: bandit }, { id: gitleaks }, { id: pip-audit }]\n',
        ...ci(job(uses('pre-commit/action@v3'))),
      },
    ],
    [
      'containers',
      of(run('docker run --rm -v .:/r semgrep/semgrep semgrep scan --error') + run('trivy fs --exit-code 1 .')),
    ],
    [
      'a report that is uploaded',
      of(
        codeql('') +
          uses('aquasecurity/trivy-action@0.33.1', 'scan-type: fs, format: sarif, output: t.sarif') +
          uses('github/codeql-action/upload-sarif@v4', 'sarif_file: t.sarif'),
      ),
    ],
    [
      'templates of GitLab',
      {
        '.gitlab-ci.yml':
          'include: [{ template: Security/SAST.gitlab-ci.yml }, { template: Security/Dependency-Scanning.gitlab-ci.yml }, { template: Security/Secret-Detection.gitlab-ci.yml }]\n',
      },
    ],
    [
      'a plugin of the linter',
      {
        'eslint.config.js':
          "import security from 'eslint-plugin-security'\nexport default [security.configs.recommended]\n",
        ...ci(job(run('npx eslint .') + run('npx audit-ci --high') + run('npx secretlint "**/*"'))),
      },
    ],
  ])('passes %s', async (_, files: Files) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['no scan of secrets', good.replace(uses('gitleaks/gitleaks-action@v2'), ''), 'Secret scan: no step does it'],
    ['an audit whose failure is ignored', good.replace('npm audit', 'npm audit || true'), 'its failure is ignored'],
    ['an audit that only repairs', good.replace('npm audit', 'npm audit fix'), 'Dependency scan: no step does it'],
    ['words', good.replace(run('npm audit'), run('echo npm audit')), 'Dependency scan: no step does it'],
    [
      'CodeQL without its first step',
      good.replace(uses('github/codeql-action/init@v4', 'languages: typescript'), ''),
      'init of the same job',
    ],
    ['CodeQL for another language', good.replace('languages: typescript', 'languages: ruby'), 'it looks at ruby only'],
    [
      'a scan that only prints',
      good.replace(run('npm audit'), uses('aquasecurity/trivy-action@0.33.1', 'scan-type: fs')),
      'only prints',
    ],
    [
      'Semgrep that never fails',
      good.replace(codeql('languages: typescript'), run('semgrep scan --config auto')),
      '--error',
    ],
    [
      'a hook that nobody runs',
      good.replace(uses('gitleaks/gitleaks-action@v2'), run('pre-commit --version')),
      'Secret scan',
    ],
  ])('fails %s', async (_, steps, saw) => {
    expect(await judgeFiles(item, of(steps))).toMatchObject({ status: 'fail' })
    expect(await said(of(steps))).toContain(saw)
  })

  it('counts what the forge scans by its settings', async () => {
    const setup = { state: 'configured', query_suite: 'default', languages: ['javascript-typescript'] }
    const repository = { default_branch: 'main', full_name: 'a/b' }
    const facts = (state: string, status: string): ForgeFacts => ({
      file: 'forge.json',
      answers: [
        { endpoint: 'code-scanning/default-setup', kind: 'code-scanning', body: { ...setup, state } },
        {
          endpoint: '',
          kind: 'repository',
          body: { ...repository, security_and_analysis: { secret_scanning: { status } } },
        },
      ],
    })
    const judge = async (forgeFacts: ForgeFacts) =>
      (await judgeFiles(item, of(run('npm audit')), { forgeFacts })).verdicts.map(({ status }) => status)
    expect(await judge(facts('configured', 'enabled'))).toEqual(['pass', 'pass', 'pass'])
    expect(await judge(facts('not-configured', 'disabled'))).toEqual(['fail', 'pass', 'fail'])
  })

  it('does not take an update bot or a scan by hand for one', async () => {
    expect(await judgeFiles(item, { ...of(run('npm test')), '.github/dependabot.yml': 'version: 2\n' })).toMatchObject({
      status: 'fail',
    })
    expect(await said(of(good, 'workflow_dispatch'))).toContain('when a person starts it')
    const review = good.replace(run('npm audit'), uses('actions/dependency-review-action@v4'))
    expect(await judgeFiles(item, of(review))).toMatchObject({ status: 'pass' })
    expect(await said(of(review, 'push'))).toContain('no pull request starts it')
  })

  it.each([
    ['no workflows', { 'package.json': '{}', '.gitignore': '' }, 'fail', 'no workflows'],
    ['another system', { Jenkinsfile: 'pipeline {}' }, 'unknown', 'Jenkinsfile'],
    ['an unpacked archive', { 'PKG-INFO': '' }, 'unknown', 'unpacked'],
    ['a workflow elsewhere', ci('  a:\n    uses: acme/ci/.github/workflows/all.yml@v1\n'), 'unknown', 'acme/ci'],
  ])('with %s', async (_, files: Files, status, saw) => {
    expect(await judgeFiles(item, files)).toMatchObject({ status })
    expect(await said(files)).toContain(saw)
  })
})
