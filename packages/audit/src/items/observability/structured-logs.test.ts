import { describe, expect, it } from 'vitest'
import { logEntry } from '../../gather/log-lines.ts'
import { answerTo } from '../../testing/judging.ts'
import { judgeFiles } from '../../testing/repositories.ts'
import structuredLogs from './structured-logs.ts'

const judge = (...lines: string[]) => answerTo(structuredLogs, { logLines: lines.map(logEntry) })

describe('structured-logs', () => {
  it.each([
    ['pino', '{"level":30,"time":1700000000,"pid":1,"msg":"started"}'],
    ['structlog', '{"event":"started","level":"info","timestamp":"2026-01-01T00:00:00Z"}'],
    ['python-json-logger', '{"asctime":"2026-01-01","levelname":"INFO","message":"started"}'],
    ['ECS', '{"@timestamp":"2026-01-01","log":{"level":"info"},"message":"started"}'],
    ['OpenTelemetry', '{"timeUnixNano":"1","severityText":"INFO","body":"started"}'],
  ])('passes the lines of %s', (_, line) => {
    expect(judge(line).status).toBe('pass')
  })

  it.each([
    ['plain text among them', 'Server running on stdio'],
    ['JSON without a level', '{"time":1,"msg":"started"}'],
    ['JSON that is no object', '"started"'],
  ])('fails %s', (_, line) => {
    expect(judge('{"level":30,"time":1,"msg":"ok"}', line).status).toBe('fail')
  })

  it('is undecided about a server that logs nothing', () => {
    expect(judge().status).toBe('unknown')
  })

  it('wants the logs of a service shipped', async () => {
    const vector =
      'sources:\n  logs:\n    type: docker_logs\nsinks:\n  store:\n    type: elasticsearch\n    inputs: [logs]\n    endpoints: ["http://store:9200"]\n'
    const shipped = await judgeFiles(structuredLogs, { 'deploy/vector.yaml': vector })
    expect(shipped.verdicts[1]).toMatchObject({ status: 'pass', proof: 'repository' })
    const bare = await judgeFiles(structuredLogs, { 'README.md': '# Notes' })
    expect(bare.verdicts[1]).toMatchObject({ status: 'fail' })
    const half = await judgeFiles(structuredLogs, { 'deploy/vector.yaml': vector.replace(/sinks[^]*/, '') })
    expect(half.verdicts[1]).toMatchObject({ status: 'fail' })
  })
})
