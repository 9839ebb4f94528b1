import { check, type Item } from '../../core/item.ts'
import { fail, pass, type Evidence, type Verdict } from '../../core/verdict.ts'
import { shutdown, shutdownGrace, type Shutdown } from '../../gather/shutdown.ts'

const exitOf = ({ exit, endedAfter }: Shutdown): string => {
  if (!exit || endedAfter === null) return `still running ${shutdownGrace / 1000} s after SIGTERM`
  const how = exit.signal ? `ended by the signal ${exit.signal}` : `exit code ${exit.code}`
  return `${how} ${Math.round(endedAfter)} ms after SIGTERM`
}

/**
 * Servers such as uvicorn drain and then raise the signal again on themselves: that is a clean end too, if calls that
 * really took their time were all answered.
 */
const endedCleanly = ({ exit, takes, answered, inFlight }: Shutdown): boolean =>
  exit?.code === 0 || ((exit?.signal === 'SIGTERM' || exit?.code === 143) && takes > 200 && answered === inFlight)

const judge = (seen: Shutdown): Verdict => {
  const { request, inFlight, answered, missing, takes, signalled, afterwards } = seen
  const calls: Evidence = {
    at: `${inFlight} × ${request}${takes > 200 ? ` (${Math.round(takes)} ms each)` : ''} in flight`,
    saw: `${answered} answered${missing ? `, the others: ${missing}` : ''}`,
    wanted: 'an answer or a clean error for each',
  }
  const end: Evidence = { at: signalled, saw: exitOf(seen), wanted: 'exit code 0 in time' }
  const late: Evidence[] = afterwards ? [{ at: 'a request after SIGTERM', saw: afterwards }] : []
  const broken = [...(answered < inFlight ? [calls] : []), ...(endedCleanly(seen) ? [] : [end])]
  return broken[0] ? fail(broken[0], ...broken.slice(1)) : pass(calls, end, ...late)
}

const item: Item = {
  id: 'graceful-shutdown',
  area: 'deployment',
  rows: [63],
  title: 'SIGTERM ends it without losing a call',
  level: 'must',
  why: 'Every deployment, scale-down and desktop restart sends SIGTERM; calls that are cut off then are lost for the user.',
  how: 'Handle SIGTERM: take no new work, let calls in flight finish for a bounded time, flush logs, exit with code 0.',
  refs: ['https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination'],
  checks: [
    check({
      asks: 'Are calls in flight answered and is the exit code 0 when SIGTERM comes?',
      needs: { shutdown },
      judge: ({ shutdown }) => judge(shutdown),
    }),
  ],
}

export default item
