import { expect, it } from 'vitest'
import type { OutgoingCalls } from '../../gather/egress/outgoing.ts'
import tokenConfinement from './token-confinement.ts'

const request = (where?: string) => ({
  method: 'GET',
  host: 'a.example',
  carried: where === undefined ? [] : [{ name: 'caller', where }],
})
const seen = (given: object): OutgoingCalls =>
  ({ going: [], requests: [request()], watched: true, nothing: null, ...given }) as unknown as OutgoingCalls

it.each([
  ['requests without it', seen({}), 'pass'],
  ['a request with it', seen({ requests: [request(), request('header authorization')] }), 'fail'],
  ['no credential', seen({ watched: false }), 'unknown'],
  ['no request', seen({ nothing: 'nothing was asked' }), 'unknown'],
])('judges %s', (_, outgoingCalls, status) => {
  expect(tokenConfinement.checks[0].judge({ outgoingCalls })).toMatchObject({ status })
})
