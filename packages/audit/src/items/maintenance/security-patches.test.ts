import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './security-patches.ts'

const audit = (step: string): Files => ({
  '.github/workflows/ci.yml': `on: push\njobs:\n  check:\n    runs-on: ubuntu-24.04\n    steps:\n      - ${step}\n`,
})
const policy = '# Security\n\nReport a hole to security@notes.dev, in private.\n'
const manifest = {
  '.gitignore': 'x',
  'package.json': '{ "name": "notes", "repository": "github:notes/notes", "dependencies": { "zod": "4.1.0" } }',
}
const python = {
  '.gitignore': 'x',
  'pyproject.toml': '[project]\nname = "notes"\nversion = "1.0.0"\ndependencies = ["httpx==0.28.1"]\n',
}
const judge = (files: Files, own: Files = manifest) =>
  judgeFiles(item, { 'SECURITY.md': policy, ...audit('run: npm audit --audit-level=high'), ...own, ...files })
const without = async (files: Files): Promise<string> =>
  JSON.stringify((await judgeFiles(item, { ...manifest, ...files })).verdicts[1])

describe('security-patches', () => {
  it.each<[string, Files]>([
    ['an address', {}],
    [
      'the form of the forge',
      { 'SECURITY.md': '# Security\n\nhttps://github.com/notes/notes/security/advisories/new\n' },
    ],
    ['a policy in .github', { 'SECURITY.md': '', '.github/SECURITY.md': policy }],
    [
      'a section of the README',
      { 'SECURITY.md': '', 'README.md': '# x\n\n## Reporting a vulnerability\n\nWrite to ops@notes.dev.\n' },
    ],
    ['pip-audit as an action', audit('uses: pypa/gh-action-pip-audit@v1.1.0')],
    ['osv-scanner', audit('run: osv-scanner scan -r .')],
  ])('accepts %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, string]>([
    ['no policy', { 'SECURITY.md': '' }, 'no security policy'],
    ['no way to report', { 'SECURITY.md': '# Security\n\nWe take it seriously.\n' }, 'no way to report'],
    ['a template', { 'SECURITY.md': '# Security\n\nReport it to [INSERT CONTACT METHOD].\n' }, 'INSERT CONTACT'],
    ['a stand-in', { 'SECURITY.md': '# Security\n\nReport it to security@example.com.\n' }, 'example.com'],
    [
      'another project',
      { 'SECURITY.md': '# Security\n\nhttps://github.com/other/tool/security/advisories/new\n' },
      'other/tool',
    ],
    [
      'a hole that was found',
      {
        'audit.json': JSON.stringify({
          auditReportVersion: 2,
          vulnerabilities: { zod: { severity: 'high' } },
          metadata: { dependencies: { total: 9 } },
        }),
      },
      'npm audit found zod: high',
    ],
  ])('fails %s', async (_, files, reason) => {
    const result = await judge(files)
    expect(result.status).toBe('fail')
    expect(JSON.stringify(result.verdicts)).toContain(reason)
  })

  it('fails a hole that pip-audit found', async () => {
    const answer = { dependencies: [{ name: 'httpx', version: '0.28.1', vulns: [{ id: 'PYSEC-1' }] }] }
    expect(await judge({ 'pip-audit.json': JSON.stringify(answer) }, python)).toMatchObject({ status: 'fail' })
  })

  it('is not satisfied by an audit that gates nothing', async () => {
    expect(await without({})).toContain('which are not asked')
    expect(await without(audit('run: npm audit || true'))).toContain('its failure is ignored')
    expect(await without(audit('uses: aquasecurity/trivy-action@v0.33\n        with: { scan-type: fs }'))).toContain(
      'only tells',
    )
    expect(await without(audit('run: npm audit\n        if: false'))).toContain('never runs')
    expect(await without(audit('run: echo npm audit'))).toContain('no audit gates')
  })

  it('takes a clean answer about other versions for outdated', async () => {
    const answer = { dependencies: [{ name: 'httpx', version: '0.27.0', vulns: [] }] }
    const files = { ...python, 'pip-audit.json': JSON.stringify(answer), 'SECURITY.md': policy }
    expect(JSON.stringify(await judgeFiles(item, files))).toContain('outdated')
    const current = { ...files, 'pip-audit.json': JSON.stringify(answer).replace('0.27.0', '0.28.1') }
    expect(await judgeFiles(item, current)).toMatchObject({ status: 'pass' })
  })
})
