import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import item from './disaster-recovery.ts'

const runbook = `# Disaster recovery

Back within 30 minutes, at most 5 minutes of data lost.

1. Start a new machine.
2. Run \`notes-mcp --http\` with the settings of the old one.
3. Ask /healthz until it answers.
`
const node = { '.gitignore': 'x', 'package.json': '{ "name": "@ada/notes-mcp" }' }
const python = { '.gitignore': 'x', 'pyproject.toml': '[project]\nname = "notes-mcp"\n' }
const judge = (text: string, files: Files = node, path = 'docs/disaster-recovery.md') =>
  judgeFiles(item, { ...files, [path]: text })

describe('disaster-recovery', () => {
  it.each<[string, string, Files, string]>([
    ['a page', runbook, node, 'docs/disaster-recovery.md'],
    ['a page of a Python server', runbook, python, 'docs/disaster-recovery.md'],
    ['a runbook beside the deployment', runbook, node, 'deploy/runbooks/outage.md'],
    ['a section', `# Operations\n\n${runbook.replace('# ', '## ')}`, python, 'docs/operations.md'],
    ['times in words', runbook.replaceAll(/\d+ minutes/g, 'half an hour'), node, 'docs/recovery.md'],
    ['another language', runbook, { 'go.mod': 'module x' }, 'docs/disaster-recovery.md'],
  ])('accepts %s', async (_, text, files, path) => {
    expect(await judge(text, files, path)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, string, string]>([
    ['no steps', runbook.replaceAll(/^\d\. .*\n/gm, ''), '0 steps'],
    ['no time', runbook.replaceAll(/\d+ minutes/g, 'soon'), 'names no time'],
    ['another server', runbook.replaceAll('notes-mcp', 'garden'), 'nothing of this server'],
    ['a stand-in', `${runbook}4. Tell ops@example.com.\n`, 'example.com'],
    ['a script that is not there', `${runbook}\n\`\`\`sh\n./scripts/restore.sh\n\`\`\`\n`, 'restore.sh'],
  ])('fails %s', async (_, text, reason) => {
    const result = await judge(text)
    expect(result.status).toBe('fail')
    expect(JSON.stringify(result.verdicts)).toContain(reason)
  })

  it('fails without any, also when a feature is called recovery', async () => {
    expect(await judgeFiles(item, node)).toMatchObject({ status: 'fail' })
    expect(await judge('# Notes\n\n## Error recovery\n\nCalls are repeated.\n', node, 'README.md')).toMatchObject({
      status: 'fail',
    })
  })

  it('tells when nobody rehearsed it, and who did', async () => {
    const { verdicts } = await judge(runbook)
    expect(verdicts[1]).toMatchObject({ status: 'unknown' })
    const settings = {
      attestations: [{ item: 'disaster-recovery', by: 'Ada', date: '2020-01-01', until: '2999-01-01' }],
    }
    const attested = await judgeFiles(item, { ...node, 'docs/disaster-recovery.md': runbook }, { settings })
    expect(attested.verdicts[1]).toMatchObject({ status: 'pass' })
  })
})
