import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import deploymentPlan from './deployment-plan.ts'

const plan = `# Deployment

Owner: the platform team.

1. Build the image of notes-mcp.
2. Set its tag in the cluster.

Check that /healthz answers 200.
`
const judge = (document: string, files: Files = {}) =>
  judgeFiles(deploymentPlan, { 'package.json': '{"name":"notes-mcp"}', 'docs/deployment.md': document, ...files })

describe('deployment-plan', () => {
  it.each<[string, string]>([
    ['steps, owner, verification', plan],
    [
      'commands as steps',
      plan.replace(/1[\s\S]*cluster\./, '```sh\ndocker build -t notes-mcp .\nkubectl apply -f k8s.yaml\n```'),
    ],
    [
      'an owner in a table',
      plan.replace(
        /Owner[\s\S]*cluster\./,
        '| Step | Who | What |\n| --- | --- | --- |\n| 1 | Ada | builds notes-mcp |\n| 2 | Bob | applies it |',
      ),
    ],
    [
      'a heading of its own for each',
      '# Release process\n\n## Steps\n\n- Tag notes-mcp\n- Wait for the workflow\n\n## Contact\n\nResponsible: @acme/release\n\n## Verification\n\n`npx notes-mcp --version` shows the tag.\n',
    ],
  ])('passes %s', async (_, document) => {
    expect(await judge(document)).toMatchObject({ status: 'pass' })
  })

  it('takes what a server can do for no plan', async () => {
    const readme = '# notes-mcp\n\n## Batch Operations\n\n1. Pick the notes.\n2. Archive them.\n'
    const { verdicts } = await judgeFiles(deploymentPlan, {
      'package.json': '{"name":"notes-mcp"}',
      'README.md': readme,
    })
    expect(JSON.stringify(verdicts)).not.toContain('Batch Operations')
  })

  it.each<[string, string]>([
    ['no owner', plan.replace('Owner: the platform team.', '')],
    ['an owner to be named', plan.replace('the platform team', 'TBD')],
    ['no verification', plan.replace('Check that /healthz answers 200.', '')],
    ['no steps', plan.replace(/1[\s\S]*cluster\./, 'notes-mcp is deployed.')],
    ['another server', plan.replace('notes-mcp', 'the app')],
    ['a placeholder', plan.replace('the platform team', 'the team, ops@example.com')],
    ['a script that does not exist', plan.replace('2. Set', '```sh\nnpm run deploy\n```\n\n2. Set')],
    ['a comment', `<!--\n${plan}\n-->\n`],
  ])('fails %s', async (_, document) => {
    expect(await judge(document)).toMatchObject({ status: 'fail' })
  })

  it('finds a section of the README', async () => {
    const files = { 'README.md': `# Notes\n\nText.\n\n${plan.replace('# ', '## ')}` }
    expect(await judge('', files)).toMatchObject({ status: 'pass' })
  })

  it('is unknown in what was packed', async () => {
    const files = { 'package.json': '{"name":"notes-mcp"}', 'dist/index.js': '' }
    expect(await judgeFiles(deploymentPlan, files)).toMatchObject({ status: 'unknown' })
  })
})
