import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import containerScanning from './container-scanning.ts'

const workflow = (steps: string, on = 'push'): Files => ({
  '.github/workflows/ci.yml': `on: ${on}\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n${steps.replaceAll(/^/gm, '      ')}\n`,
})
const image = {
  Dockerfile: 'FROM scratch\n',
  'package.json': '{"name":"notes-mcp","scripts":{"scan":"trivy image --severity HIGH notes-mcp"}}',
}
const judge = (files: Files) => judgeFiles(containerScanning, { ...image, ...files })

describe('container-scanning', () => {
  it.each([
    [
      'Trivy',
      '- uses: aquasecurity/trivy-action@v0.33\n  with: { image-ref: "ghcr.io/acme/notes-mcp:${{ github.sha }}" }',
    ],
    ['a script that is followed', '- run: npm run scan'],
    ['Grype on what was built', '- run: docker build -t app .\n- run: grype app:latest --fail-on high'],
    ['a name from the environment', '- run: trivy image "$IMAGE"\n  env: { IMAGE: ghcr.io/acme/notes-mcp }'],
    ['a computed name', '- uses: anchore/scan-action@v6\n  with: { image: "${{ steps.build.outputs.image }}" }'],
  ])('passes %s', async (_, steps) => {
    expect(await judge(workflow(steps))).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['a scan of files', '- uses: aquasecurity/trivy-action@v0.33\n  with: { scan-type: fs }'],
    ['a scan of a folder', '- run: grype dir:.'],
    ['another image', '- run: trivy image postgres:17'],
    ['a scanner that is only installed', '- uses: aquasecurity/setup-trivy@v0.2\n- run: echo trivy image notes-mcp'],
    ['a check of the Dockerfile', '- uses: hadolint/hadolint-action@v3'],
    ['no image', '- uses: aquasecurity/trivy-action@v0.33'],
  ])('fails %s', async (_, steps) => {
    expect(await judge(workflow(steps))).toMatchObject({ status: 'fail' })
  })

  it('fails a scan that nothing reaches', async () => {
    expect(await judge(workflow('- run: npm run scan\n  if: github.event_name == "x"'))).toMatchObject({
      status: 'fail',
    })
    expect(await judge(workflow("- run: npm run scan\n  if: github.event_name == 'release'"))).toMatchObject({
      status: 'fail',
    })
  })

  it('says whether findings end the run', async () => {
    const result = await judge(workflow('- run: npm run scan'))
    expect(JSON.stringify(result.verdicts)).toContain('do not fail the run')
  })

  it('is unknown when another repository may do it', async () => {
    const files = {
      '.github/workflows/ci.yml': 'on: push\njobs:\n  scan:\n    uses: acme/ci/.github/workflows/image-scan.yml@v1\n',
    }
    expect(await judge(files)).toMatchObject({ status: 'unknown' })
  })

  it('does not concern a repository without an image', async () => {
    expect(await judgeFiles(containerScanning, workflow('- run: npm test'))).toMatchObject({ status: 'not-applicable' })
  })
})
