import { check, type Item } from '../../core/item.ts'
import { fail, notApplicable, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { shutdown, shutdownGrace, takesMs, type Shutdown } from '../../gather/shutdown.ts'

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
  exit?.code === 0 || ((exit?.signal === 'SIGTERM' || exit?.code === 143) && takes > takesMs && answered === inFlight)

const judge = (seen: Shutdown): Verdict => {
  const { request, inFlight, answered, missing, takes, signalled, afterwards } = seen
  const calls: Evidence = {
    at: `${inFlight} × ${request}${takes > takesMs ? ` (${Math.round(takes)} ms each)` : ''} in flight`,
    saw: `${answered} answered${missing ? `, the others: ${missing}` : ''}`,
    wanted: 'an answer or a clean error for each',
  }
  const end: Evidence = { at: signalled, saw: exitOf(seen), wanted: 'exit code 0 in time' }
  const late: Evidence[] = afterwards ? [{ at: 'a request after SIGTERM', saw: afterwards }] : []
  const broken = [...(answered < inFlight ? [calls] : []), ...(endedCleanly(seen) ? [] : [end])]
  return broken[0] ? fail(broken[0], ...broken.slice(1)) : pass(calls, end, ...late)
}

/** Calls that were served one after the other for this long were not sent before it had noticed the signal. */
const noticeMs = 400

const judgeLate = ({ late }: Shutdown): Verdict => {
  if (!late) return notApplicable('no call took so long that others could come while it was shutting down')
  if ('unseen' in late) return unknown(`calls sent while it was shutting down: ${late.unseen}`)
  const { tool, sent, served, servedUntilMs, refused } = late
  const at = `tools/call ${tool} while it was shutting down`
  if (refused !== null) return pass({ at, saw: served > 0 ? `${served} served, then: ${refused}` : refused })
  const saw = `${sent} calls one after the other, all served, the last ${Math.round(servedUntilMs)} ms after SIGTERM`
  if (sent < 2 || servedUntilMs < noticeMs) return unknown(`${at}: ${saw}, too soon to tell`)
  return fail({ at, saw, wanted: 'a refusal, so that clients go to another instance' })
}

const judgeLog = ({ log, answered }: Shutdown): Verdict => {
  if (!log) return notApplicable('its log does not tell of each call that ends')
  const { line, calls, lines, late } = log
  const seen = { at: `its log, of ${calls} calls that succeeded after SIGTERM`, wanted: 'a line of each' }
  if (calls === 0) return unknown(`${answered} calls were answered, and none succeeded`)
  return lines < calls
    ? fail({ ...seen, saw: `${lines} lines such as ${line}` })
    : pass({ ...seen, saw: `${lines} lines such as ${line}, ${late} of them after the signal` })
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
    check({
      asks: 'Are calls refused that come while it is shutting down?',
      rows: [63],
      needs: { shutdown },
      judge: ({ shutdown }) => judgeLate(shutdown),
    }),
    check({
      asks: 'Is all of the log there when it has ended?',
      rows: [63],
      needs: { shutdown },
      judge: ({ shutdown }) => judgeLog(shutdown),
    }),
  ],
}

export default item
