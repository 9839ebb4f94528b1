import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import resourceLimits from './resource-limits.ts'

const service = { 'package.json': '{"name":"notes-mcp"}', Dockerfile: 'FROM node:22\nEXPOSE 3000\nCMD ["node", "."]\n' }
/** The status of memory, processors and container. */
const judgeAlone = async (files: Files) =>
  (await judgeFiles(resourceLimits, files)).verdicts.slice(0, 3).map(({ status }) => status)
const judge = (files: Files) => judgeAlone({ ...service, ...files })
const compose = (service: string) => ({ 'compose.yaml': `services:\n  notes:\n    build: .\n${service}` })
const pod = (resources: string) => ({
  'k8s/notes.yaml': `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: notes }\nspec: { template: { spec: { containers: [{ name: notes, image: a/notes-mcp, resources: ${resources} }] } } }\n`,
})

describe('resource-limits', () => {
  it.each<[string, Files]>([
    ['Compose', compose('    deploy: { resources: { limits: { memory: 256m, cpus: 0.5 } } }\n')],
    ['short keys of Compose', compose('    mem_limit: 256m\n    cpus: 0.5\n')],
    ['Kubernetes', pod('{ limits: { memory: 256Mi, cpu: 500m } }')],
    ['docker run in a Makefile', { Makefile: 'run:\n\tdocker run --memory=256m --cpus 1 a/notes-mcp\n' }],
    ['docker run in the README', { 'README.md': '```sh\ndocker run -m 256m --cpus=1 a/notes-mcp\n```\n' }],
    ['one of two ways', { ...compose(''), ...pod('{ limits: { memory: 256Mi, cpu: 500m } }') }],
    ['Fly.io', { 'fly.toml': 'app = "notes"\n[[vm]]\nsize = "shared-cpu-1x"\n' }],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toEqual(['pass', 'pass', 'pass'])
  })

  it('passes a unit of systemd where there is no container', async () => {
    const files = {
      'package.json': '{"name":"notes-mcp"}',
      'notes.service': '[Service]\nExecStart=/usr/bin/notes-mcp\nMemoryMax=256M\nCPUQuota=50%\n',
    }
    expect(await judgeAlone(files)).toEqual(['pass', 'pass', 'not-applicable'])
  })

  it.each<[string, Files, string[]]>([
    ['no limits', compose(''), ['fail', 'fail', 'fail']],
    ['requests alone', pod('{ requests: { memory: 256Mi, cpu: 500m } }'), ['fail', 'fail', 'fail']],
    ['memory alone', compose('    mem_limit: 256m\n'), ['pass', 'fail', 'fail']],
    ['a limit of zero', compose('    mem_limit: 0\n    cpus: 1\n'), ['fail', 'pass', 'fail']],
    ['no file that runs it', {}, ['fail', 'fail', 'fail']],
    [
      'limits of the database',
      compose('  db: { image: postgres:17, mem_limit: 1g, cpus: 1 }\n'),
      ['fail', 'fail', 'fail'],
    ],
    ['a limit in a comment', compose('    # mem_limit: 256m\n    cpus: 1\n'), ['fail', 'pass', 'fail']],
  ])('fails %s', async (_, files, expected) => {
    expect(await judge(files)).toEqual(expected)
  })

  it('takes the heap of the command for a limit of memory, not of the container', async () => {
    const Dockerfile = 'FROM node:22\nEXPOSE 3000\nCMD ["node", "--max-old-space-size=256", "."]\n'
    expect(await judge({ Dockerfile, ...compose('    cpus: 1\n') })).toEqual(['pass', 'pass', 'fail'])
  })

  it('does not concern a server that a client starts', async () => {
    const local = await judgeAlone({ 'package.json': '{"name":"notes-mcp"}' })
    expect(local).toEqual(['not-applicable', 'not-applicable', 'not-applicable'])
  })

  it('is unknown on a platform that gives no size', async () => {
    expect(await judge({ Procfile: 'web: node .\n' })).toEqual(['unknown', 'unknown', 'unknown'])
  })
})
