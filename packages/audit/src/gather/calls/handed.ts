import { nameOf, type Call } from '../code/values.ts'

/** How many arguments stand before the function that is run elsewhere. */
const before: Record<string, number> = { to_thread: 0, run_sync: 0, run_in_threadpool: 0, run_in_executor: 1 }

const made = (call: Call, index: number): Call | null => {
  const callee = call.arguments[index]
  if (!callee) return null
  // `partial(requests.get, url, timeout=5)`
  if (callee.is === 'call') return nameOf(callee.callee) === 'partial' ? made(callee, 0) : null
  if (callee.is !== 'member' && callee.is !== 'name') return null
  return { ...call, callee, arguments: call.arguments.slice(index + 1) }
}

/** The call that another thread makes of what it is given: `asyncio.to_thread(requests.get, url, timeout=5)`. */
export const handedOver = (call: Call): Call | null => {
  const index = before[nameOf(call.callee)]
  return index === undefined ? null : made(call, index)
}
