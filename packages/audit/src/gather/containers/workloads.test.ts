import { describe, expect, it } from 'vitest'
import { gathered, type Files } from '../../testing/gathered.ts'
import { dockerRun, dockerRuns } from './docker-run.ts'
import { readUnit } from './systemd.ts'
import { workloads } from './workloads.ts'

const named = { 'package.json': '{"name":"notes-mcp"}' }
const server = async (files: Files) => (await gathered(workloads, { ...named, ...files })).server

describe('workloads', () => {
  it('reads a Compose service, its anchors, what it extends and what is laid over it', async () => {
    const files = {
      'compose.yaml': `x-limits: &limits
  mem_limit: 512m
services:
  base:
    restart: unless-stopped
  notes:
    extends: { service: base }
    build: .
    <<: *limits
  db:
    image: postgres:17
`,
      'compose.prod.yaml': 'services:\n  notes:\n    deploy: { resources: { limits: { cpus: "0.5" } } }\n',
    }
    expect(await server(files)).toMatchObject([
      {
        name: 'notes',
        memory: { saw: 'mem_limit: 512m' },
        cpu: { path: 'compose.prod.yaml' },
        restart: { again: true },
      },
    ])
  })

  it('leaves out what is built for other purposes, jobs, and what only a profile starts', async () => {
    const files = {
      'compose.yaml': `services:
  notes: { build: ., depends_on: { migration: { condition: service_completed_successfully } } }
  migration: { build: . }
  proxy: { build: { context: ./proxy } }
  load: { build: ., profiles: [testing] }
  db: { image: 'postgres:17' }
`,
    }
    expect((await server(files)).map(({ name }) => name)).toEqual(['notes'])
  })

  it('takes the database that the server is called after for a database', async () => {
    const files = {
      'package.json': '{"name":"mcp-clickhouse"}',
      'test-services/docker-compose.yaml':
        'services:\n  clickhouse: { image: "clickhouse/clickhouse-server:latest" }\n',
    }
    expect(await server(files)).toEqual([])
  })

  it('reads the base of a kustomization with its overlay and a JSON patch', async () => {
    const files = {
      'k8s/base/deployment.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: notes }\nspec:\n  template:\n    spec:\n      containers:\n        - name: notes\n          image: ghcr.io/acme/notes-mcp:1\n          livenessProbe: { httpGet: { path: /healthz, port: http } }\n',
      'k8s/overlays/prod/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base]
patches:
  - target: { kind: Deployment, name: notes }
    patch: |-
      - op: add
        path: /spec/template/spec/containers/0/resources
        value: { limits: { memory: 256Mi } }
`,
      'k8s/overlays/prod/cpu.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: notes }\nspec:\n  template:\n    spec:\n      containers:\n        - name: notes\n          resources: { limits: { cpu: 500m } }\n',
    }
    expect(await server(files)).toMatchObject([
      {
        by: 'kubernetes',
        memory: { saw: 'limits.memory: 256Mi' },
        cpu: { path: 'k8s/overlays/prod/cpu.yaml' },
        probes: [{ kind: 'http', asks: '/healthz', port: 'http' }],
      },
    ])
  })

  it('renders the templates of a chart with its values', async () => {
    const files = {
      'chart/values.yaml':
        'image: { repository: acme/notes-mcp }\nresources:\n  limits:\n    memory: 256Mi\nprobe: { path: /readyz }\n',
      'chart/templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "notes.fullname" . }}
spec:
  template:
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          readinessProbe:
            httpGet:
              path: {{ .Values.probe.path | quote }}
              port: {{ .Values.port | default 3000 }}
`,
    }
    expect(await server(files)).toMatchObject([
      {
        image: 'acme/notes-mcp:x',
        memory: { saw: 'limits.memory: 256Mi', line: 13 },
        cpu: null,
        probes: [{ asks: '/readyz', port: '3000' }],
      },
    ])
  })

  it('reads a unit of systemd with its drop-ins', async () => {
    const files = {
      'deploy/notes.service':
        '[Unit]\nDescription=Notes\n\n[Service]\nExecStart=/usr/bin/node \\\n  /srv/notes/index.js\n# Restart=no\n[Install]\nWantedBy=multi-user.target\n',
      'deploy/notes.service.d/limits.conf': '[Service]\nMemoryMax=512M\nCPUQuota=50%\nRestart=on-failure\n',
    }
    expect(await server(files)).toMatchObject([
      {
        name: 'notes',
        command: '/usr/bin/node /srv/notes/index.js',
        memory: { saw: 'MemoryMax=512M', path: 'deploy/notes.service.d/limits.conf', line: 2 },
        cpu: { saw: 'CPUQuota=50%' },
        restart: { again: true },
        faults: [],
      },
    ])
  })

  it.each([
    ['supervisord', { 'supervisord.conf': '[program:notes]\ncommand=node index.js\nautorestart=true\n' }],
    ['Procfile', { Procfile: 'web: node index.js --http\n' }],
    ['pm2', { 'ecosystem.config.json': '{"apps":[{"name":"notes","script":"index.js"}]}' }],
    ['Fly.io', { 'fly.toml': 'app = "notes"\n[[vm]]\nmemory = "256mb"\ncpus = 1\n' }],
    ['docker', { Makefile: 'run:\n\tdocker run -d --restart always acme/notes-mcp:1\n' }],
  ])('reads %s', async (tool, files: Files) => {
    expect(await server(files)).toMatchObject([{ tool, restart: { again: true } }])
  })

  it('takes the limits of a namespace for those of a container', async () => {
    const files = {
      'k.yaml': `apiVersion: v1
kind: LimitRange
spec: { limits: [{ type: Container, default: { memory: 256Mi, cpu: 500m } }] }
---
apiVersion: v1
kind: Pod
metadata: { name: notes }
spec: { containers: [{ name: notes, image: acme/notes }] }
`,
    }
    expect(await server(files)).toMatchObject([{ memory: { saw: 'LimitRange: memory 256Mi' } }])
  })

  it('does not let a patch reach the prototypes', async () => {
    const files = {
      'k.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: { name: notes }\nspec: { containers: [{ name: notes, image: notes }] }\n---\napiVersion: v1\nkind: Kustomization\npatches: [{ target: { kind: Pod }, patch: \'[{"op":"add","path":"/__proto__/polluted","value":1}]\' }]\n',
    }
    await server(files)
    expect('polluted' in {}).toBe(false)
  })
})

describe('docker run', () => {
  it('takes no emulator of a database for the server', async () => {
    const text = '```sh\ndocker run -p 8000:8000 amazon/dynamodb-local\n```\n'
    const files = { 'package.json': '{"name":"dynamodb-mcp"}', 'README.md': text }
    expect((await gathered(workloads, files)).server).toEqual([])
  })

  it('looks at the container that another one starts', async () => {
    const text = '```sh\ndocker run -p 3000:3000 mcp/inspector docker run -i -m 1g acme/notes-mcp\n```\n'
    expect(await gathered(dockerRuns, { 'README.md': text })).toMatchObject([
      { image: 'acme/notes-mcp', memory: { saw: '--memory 1g' } },
    ])
  })

  it('reads commands with places to fill in', async () => {
    const text =
      '```bash\ndocker run -i --rm \\\n  -e TOKEN=<your-token> \\\n  -e TOOLS="a,b" \\\n  acme/notes-mcp:1\n```\n'
    expect(await gathered(dockerRuns, { 'README.md': text })).toMatchObject([{ image: 'acme/notes-mcp:1' }])
  })

  it('tells the image from the values of options', () => {
    expect(dockerRun('docker run --rm -it -m 512m --cpus=1 -p 3000:3000 acme/notes --http'.split(' '))).toMatchObject({
      image: 'acme/notes',
      command: ['--http'],
      options: expect.arrayContaining([
        ['-m', '512m'],
        ['--cpus', '1'],
      ]) as unknown,
    })
  })

  it('is not docker build', () => {
    expect(dockerRun(['docker', 'build', '.'])).toBeNull()
  })
})

describe('unit files', () => {
  it('names lines that are no settings', () => {
    expect(readUnit('[Service]\nExecStart\n[Servcie]\nRestart=always\n').faults.map(({ line }) => line)).toEqual([2, 3])
  })
})
