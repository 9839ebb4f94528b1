import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../core/verdict.ts'
import type { SpreadClient } from '../../gather/scaling/spread-client.ts'
import stateless from './stateless.ts'

const answers = (...served: [instance: number, served: boolean][]) =>
  served.map(([instance, ok]) => ({
    instance,
    served: ok,
    saw: ok ? 'a result' : 'HTTP 404, error -32001: Session not found',
  }))
const both = answers([1, true], [2, true])
const secondRefuses = answers([1, true], [2, false], [1, true], [2, false])

const client = (given: Partial<SpreadClient> = {}): SpreadClient => ({
  era: 'modern',
  revision: '2026-07-28',
  session: false,
  openedBy: 1,
  requests: [
    { at: 'tools/list', answers: both, differs: null },
    { at: 'tools/call add', answers: both, differs: null },
  ],
  ...given,
})
const judge = (clients: SpreadClient[], closed: string[] = []): Verdict =>
  stateless.checks[0].judge({ spread: { clients, closed, callable: 1, data: null, writing: [] } })
const list = (given: Partial<SpreadClient['requests'][number]>) => [
  { at: 'tools/list', answers: both, differs: null, ...given },
]

describe('stateless', () => {
  it.each([
    ['clients of both eras that both instances serve', [client(), client({ era: 'legacy' })], [], 'pass'],
    [
      'a session that only one process knows',
      [client(), client({ era: 'legacy', session: true, requests: list({ answers: secondRefuses }) })],
      [],
      'fail',
    ],
    [
      'lists that differ',
      [client({ requests: list({ differs: 'instance 1: tools a; instance 2: tools b' }) })],
      [],
      'fail',
    ],
    [
      'a list that neither serves',
      [client({ requests: list({ answers: answers([1, false], [2, false], [1, false], [2, false]) }) })],
      [],
      'fail',
    ],
    [
      'a call that one process refuses',
      [client({ requests: list({ at: 'tools/call add', answers: secondRefuses }) })],
      [],
      'fail',
    ],
    [
      'a call that neither serves beside one that both serve',
      [
        client({
          requests: [
            ...client().requests,
            {
              at: 'tools/call weather',
              answers: answers([1, false], [2, false], [1, false], [2, false]),
              differs: null,
            },
          ],
        }),
      ],
      [],
      'pass',
    ],
    [
      'a refusal that did not last',
      [
        client({
          requests: [
            ...client().requests,
            { at: 'tools/call add', answers: answers([1, true], [2, false], [1, true], [2, true]), differs: null },
          ],
        }),
      ],
      [],
      'pass',
    ],
    ['nothing that could be called', [client({ requests: list({}) })], [], 'unknown'],
    ['a client without a handshake', [client()], ['a client of initialize came to no handshake'], 'unknown'],
  ] as [string, SpreadClient[], string[], string][])('judges %s', (_, clients, closed, status) => {
    expect(judge(clients, closed)).toMatchObject({ status })
  })

  it('says which instance refused what', () => {
    const seen = JSON.stringify(
      judge([client({ era: 'legacy', session: true, requests: list({ answers: secondRefuses }) })]),
    )
    expect(seen).toContain('instance 2 refuses it: HTTP 404')
    expect(seen).toContain('the handshake was with instance 1')
  })
})
