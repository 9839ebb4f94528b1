import { describe, expect, it } from 'vitest'
import { gathered, type Files } from '../testing/gathered.ts'
import { logShipping } from './log-shipping.ts'

const config = (data: string): string => `apiVersion: v1\nkind: ConfigMap\ndata:\n  ${data}`

const cases: [tool: string, files: Files, takes: string, output: string][] = [
  [
    'filebeat',
    {
      'deploy/filebeat.yml':
        'filebeat.inputs:\n  - type: container\n    paths: [/var/lib/docker/*.log]\noutput.elasticsearch:\n  hosts: ["http://es:9200"]\n',
    },
    'container',
    'elasticsearch',
  ],
  [
    'filebeat',
    {
      'f.yml': config(
        'filebeat.yml: |\n    filebeat: { inputs: [{ type: filestream }] }\n    output: { logstash: { hosts: [a] } }\n',
      ),
    },
    'file',
    'logstash',
  ],
  [
    'vector',
    { 'vector.toml': '[sources.in]\ntype = "docker_logs"\n[sinks.out]\ntype = "elasticsearch"\ninputs = ["in"]\n' },
    'container',
    'elasticsearch',
  ],
  [
    'vector',
    { 'vector.yaml': 'sources: { in: { type: stdin } }\nsinks: { out: { type: loki, inputs: [in] } }\n' },
    'stdin',
    'loki',
  ],
  [
    'fluent-bit',
    {
      'fluent-bit.conf':
        '[SERVICE]\n    Flush 1\n[INPUT]\n    Name tail\n    Path /x\n[OUTPUT]\n    Name es\n    Host es\n',
    },
    'file',
    'es',
  ],
  [
    'fluent-bit',
    { 'fluent-bit.yaml': 'pipeline:\n  inputs: [{ name: systemd }]\n  outputs: [{ name: es, host: es }]\n' },
    'journal',
    'es',
  ],
  [
    'fluentd',
    { 'fluentd.conf': '<source>\n  @type tail\n</source>\n<match **>\n  @type elasticsearch\n</match>\n' },
    'file',
    'elasticsearch',
  ],
  [
    'logstash',
    {
      'logstash.conf':
        'input {\n  file { path => "/x" }\n}\nfilter { json { source => "message" } }\noutput {\n  elasticsearch { hosts => ["es"] }\n  stdout { codec => json }\n}\n',
    },
    'file',
    'elasticsearch',
  ],
  [
    'promtail',
    {
      'promtail.yaml':
        'clients: [{ url: http://loki/push }]\nscrape_configs: [{ job_name: a, docker_sd_configs: [{ host: x }] }]\n',
    },
    'container',
    'loki',
  ],
  ['alloy', { 'config.alloy': 'loki.source.docker "a" {\n}\nloki.write "b" {\n}\n' }, 'container', 'loki'],
  [
    'otel-collector',
    {
      'collector.yaml':
        'receivers: { filelog: { include: [/x] }, otlp: {} }\nexporters: { elasticsearch: { endpoint: http://es } }\nservice: { pipelines: { logs: { receivers: [filelog], exporters: [elasticsearch] } } }\n',
    },
    'file',
    'elasticsearch',
  ],
  [
    'docker',
    {
      'compose.yaml':
        'services:\n  a:\n    image: x\n    logging: { driver: gelf, options: { gelf-address: "udp://x" } }\n',
    },
    'container',
    'gelf',
  ],
]

describe('log shipping', () => {
  it.each(cases)('reads %s', async (tool, files, takes, output) => {
    const { found } = await gathered(logShipping, files)
    expect(found).toMatchObject([{ tool, inputs: [{ takes }], outputs: [{ type: output }] }])
  })

  it.each([
    [
      'a disabled input',
      { 'filebeat.yml': 'filebeat.inputs: [{ type: container, enabled: false }]\noutput.elasticsearch: {}\n' },
      [{ inputs: [] }],
    ],
    ['a missing output', { 'filebeat.yml': 'filebeat.inputs: [{ type: container }]\n' }, [{ outputs: [] }]],
    [
      'a sink without inputs',
      { 'vector.yaml': 'sources: { a: { type: stdin } }\nsinks: { b: { type: loki, inputs: [] } }\n' },
      [{ outputs: [] }],
    ],
    [
      'a receiver that no pipeline uses',
      {
        'c.yaml':
          'receivers: { filelog: {} }\nexporters: { debug: {} }\nservice: { pipelines: { logs: { receivers: [], exporters: [debug] } } }\n',
      },
      [{ inputs: [], outputs: [] }],
    ],
    [
      'other files',
      { 'nginx.conf': 'server { listen 80; }', 'compose.yaml': 'services: { a: { logging: { driver: json-file } } }' },
      [],
    ],
  ])('tells %s', async (_, files: Files, expected) => {
    expect((await gathered(logShipping, files)).found).toMatchObject(expected)
  })

  it('reports what does not parse', async () => {
    const files = { 'filebeat.yml': 'filebeat.inputs: [{ type: container\noutput.x: 1\n', 'vector.toml': '[sources\n' }
    expect((await gathered(logShipping, files)).broken.map(({ path }) => path)).toEqual(['filebeat.yml', 'vector.toml'])
  })
})
