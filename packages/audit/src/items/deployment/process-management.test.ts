import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import processManagement from './process-management.ts'

const judge = (files: Files) => judgeFiles(processManagement, { 'package.json': '{"name":"notes-mcp"}', ...files })
const unit = (service: string, install = '[Install]\nWantedBy=multi-user.target\n') => ({
  'notes-mcp.service': `[Unit]\nDescription=Notes\n[Service]\nExecStart=/usr/bin/notes-mcp\n${service}\n${install}`,
})
const compose = (service: string) => ({ 'compose.yaml': `services:\n  notes:\n    build: .\n    ${service}\n` })

describe('process-management', () => {
  it.each<[string, Files]>([
    ['systemd', unit('Restart=on-failure')],
    ['a drop-in', { ...unit(''), 'notes-mcp.service.d/10-restart.conf': '[Service]\nRestart=always\n' }],
    [
      'a socket that starts it',
      { ...unit('Restart=on-failure', ''), 'notes-mcp.socket': '[Socket]\nListenStream=80\n' },
    ],
    ['Compose', compose('restart: unless-stopped')],
    ['a policy of Swarm', compose('deploy: { restart_policy: { condition: on-failure } }')],
    [
      'Kubernetes',
      {
        'k.yaml':
          'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: notes }\nspec: { template: { spec: { containers: [{ name: notes, image: a/notes-mcp }] } } }\n',
      },
    ],
    ['pm2', { 'ecosystem.config.json': '{"apps":[{"name":"notes","script":"dist/index.js"}]}' }],
    ['Fly.io', { 'fly.toml': 'app = "notes"\n' }],
    ['one of two', { ...compose('init: true'), Procfile: 'web: node .\n' }],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files]>([
    ['nothing', {}],
    ['no policy', compose('init: true')],
    ['a policy that says no', compose('restart: "no"')],
    ['a unit that is not started again', unit('Type=simple')],
    ['a word that systemd does not know', unit('Restart=on_failure')],
    ['a unit that nothing starts', unit('Restart=always', '')],
    ['a line that is no setting', unit('Restart always\nRestart=always')],
    [
      'a Pod that ends',
      {
        'k.yaml':
          'apiVersion: v1\nkind: Pod\nmetadata: { name: notes }\nspec: { restartPolicy: Never, containers: [{ name: notes, image: a/notes-mcp }] }\n',
      },
    ],
    [
      'the policy of the database alone',
      { 'compose.yaml': 'services:\n  notes: { build: . }\n  db: { image: postgres:17, restart: always }\n' },
    ],
    ['a file that does not parse', { 'ecosystem.config.json': '{' }],
  ])('fails %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'fail' })
  })

  it('is unknown when a file that is not read may say so', async () => {
    expect(await judge({ 'deploy/main.tf': 'resource "aws_ecs_service" "notes" {}' })).toMatchObject({
      status: 'unknown',
    })
  })
})
