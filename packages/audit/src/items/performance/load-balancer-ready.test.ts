import { describe, expect, it } from 'vitest'
import type { Health } from '../../gather/health.ts'
import type { Proxied } from '../../gather/proxied.ts'
import { answerTo } from '../../testing/judging.ts'
import loadBalancerReady from './load-balancer-ready.ts'

const served = { at: 'tools/list', served: true, saw: '{"tools":[]}' }
const refused = { at: 'tools/list', served: false, saw: 'HTTP 403, error -32000: Forbidden' }
const good: Proxied = {
  proxy: 'nginx',
  host: 'localhost',
  requests: [served, served, served, served],
  direct: { served: true, saw: 'HTTP 200' },
  kept: { answers: 4, closing: 0 },
  redirects: [],
  stream: { call: 'wait', direct: 750, proxied: 740 },
}

const health: Health = {
  live: { path: '/healthz', status: 'HTTP 200' },
  ready: { path: '/readyz', status: 'HTTP 200' },
  asked: [],
  elsewhere: 'HTTP 404',
  answersAnything: false,
  starting: null,
  draining: { drainedMs: 800, statuses: ['HTTP 503'], readyUntilTheEnd: false },
}

describe('load-balancer-ready', () => {
  it.each([
    ['a server that works as without a proxy', {}, 'pass'],
    ['one without streams', { stream: null }, 'pass'],
    ['one that refuses forwarded headers', { requests: [refused] }, 'fail'],
    ['one request of four that was lost', { requests: [served, served, served, refused] }, 'unknown'],
    ['connections that end with each answer', { kept: { answers: 4, closing: 4 } }, 'fail'],
    ['one connection that ended', { kept: { answers: 4, closing: 1 } }, 'pass'],
    [
      'a redirect to its own address',
      { redirects: [{ at: 'GET /mcp/', location: 'http://127.0.0.1:3000/mcp' }] },
      'fail',
    ],
    ['a stream that arrives at once', { stream: { call: 'wait', direct: 750, proxied: 10 } }, 'fail'],
  ] as [string, Partial<Proxied>, string][])('judges %s', (_, given, status) => {
    expect(answerTo(loadBalancerReady, { proxied: { ...good, ...given } })).toMatchObject({ status })
  })

  it.each([
    ['not ready while it drains', {}, 'pass'],
    ['ready until its end', { draining: { drainedMs: 800, statuses: ['HTTP 200'], readyUntilTheEnd: true } }, 'fail'],
    ['no readiness', { ready: null }, 'not-applicable'],
    ['an end that nobody saw', { draining: null }, 'not-applicable'],
  ] as [string, Partial<Health>, string][])('judges a server that is %s', (_, given, status) => {
    expect(answerTo(loadBalancerReady, { health: { ...health, ...given } }, 1)).toMatchObject({ status })
  })
})
