import { describe, expect, it } from 'vitest'
import type { TakenPort } from '../../gather/taken-port.ts'
import { answerTo } from '../../testing/judging.ts'
import portBinding from './port-binding.ts'

const good: TakenPort = {
  port: 4000,
  exit: { code: 1, signal: null, ms: 300 },
  watchedMs: 400,
  listens: [],
  says: ['cannot listen on port 4000: Address already in use'],
  claims: null,
}
const judge = (given: Partial<TakenPort>) => answerTo(portBinding, { takenPort: { ...good, ...given } })

describe('port-binding', () => {
  it.each([
    ['a clear error', {}, 'pass', 'cannot listen'],
    ['another port', { exit: null, listens: [{ host: '127.0.0.1', port: 4001 }] }, 'fail', '127.0.0.1:4001'],
    ['a server that does not care', { exit: null, watchedMs: 5000 }, 'fail', 'still runs after 5 s'],
    ['exit code 0', { exit: { code: 0, signal: null, ms: 300 } }, 'fail', 'exit code 0'],
    ['no word of it', { says: [] }, 'fail', 'says nothing of the port'],
    ['a claim', { claims: 'Listening on 4000' }, 'fail', 'Listening on 4000'],
    ['an address that was free', { exit: null, listens: [{ host: '10.0.0.1', port: 4000 }] }, 'unknown', '10.0.0.1'],
  ] as [string, Partial<TakenPort>, string, string][])('judges %s', (_, given, status, says) => {
    expect(judge(given)).toMatchObject({ status })
    expect(JSON.stringify(judge(given))).toContain(says)
  })
})
