import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { overload } from '../../gather/overload.ts'
import { requestBodies } from '../../gather/request-bodies.ts'

const item: Item = {
  id: 'message-size',
  area: 'resilience',
  rows: [],
  title: 'A large message does not end the server',
  level: 'must',
  why: 'Nine of eleven popular servers die on a 12 MB message, with exit code 0, so that nothing restarts them.',
  how: 'Bound the message size yourself: answer an oversized message with a JSON-RPC error (HTTP 413) and read on at the next one.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/basic/transports'],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does a message of 12 MB (20 MB over HTTP) end in an answer or a clean refusal, and does the server serve on?',
      needs: { overload },
      judge: ({ overload: { big } }) => {
        const { megabytes, answer, answered, refusedWithoutId, afterwards, serves, exit } = big
        const at = `a message of ${megabytes} MB`
        const met = refusedWithoutId && !answered ? 'refused with an error without an id' : answer
        const first: Evidence = { at, saw: met, wanted: 'an answer, or an error that refuses it' }
        const next: Evidence = { at: 'the request after it', saw: afterwards, wanted: 'an answer' }
        if (exit && !serves) {
          const how = exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`
          return fail({ at, saw: `the process ended with ${how}`, wanted: 'a server that serves on' }, first)
        }
        if (!serves) return fail({ ...next, saw: `deaf: ${afterwards}` }, first)
        return answered || refusedWithoutId ? pass(first, next) : fail(first, next)
      },
    }),
    check({
      asks: 'Does what reads the bodies of requests stop at a size?',
      needs: { requestBodies },
      judge: ({ requestBodies: { collected, held } }) => {
        const [first, ...more] = collected
          .filter(({ byFramework }) => !byFramework)
          .map(({ file, line, what, from }): Evidence => ({
            at: file,
            line,
            saw: `${what} keeps all that a request brings (${from.file}:${from.line}), and nothing looks at how much that is`,
            wanted: 'a number of bytes after which the request is refused',
          }))
        const [whole] = collected
        if (!first && whole)
          return unknown(
            `${whole.what} in ${whole.file}:${whole.line} reads bodies of any size; what stands in front of the server may bound them`,
          )
        if (!first)
          return unknown('no body is collected without a bound in the source; how a large message is met shows in use')
        return held === null
          ? fail(first, ...more)
          : unknown(`${first.at}:${first.line} reads bodies of any size; ${held}`)
      },
    }),
  ],
}

export default item
