import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { answerCaches } from '../../gather/answer-caches.ts'
import type { AnswerCache } from '../../gather/answer-caches/cache.ts'
import { librariesThatMayCallOut } from '../../gather/calls/libraries.ts'
import { conformance } from '../../gather/conformance.ts'
import { describeReply, type Observation, type Observed } from '../../gather/conformance/observation.ts'
import { dataAccess } from '../../gather/data-access.ts'
import { repeated } from '../../gather/egress/repeated.ts'
import { outbound } from '../../gather/outbound.ts'
import { project } from '../../gather/project.ts'

const faultOf = ({ what, bound, expiry, used, file, line }: AnswerCache): Evidence[] => {
  const place = { at: file, line }
  if (!used)
    return [
      {
        ...place,
        saw: `${what} is made, and nothing fills and asks it`,
        wanted: 'a cache that a handler or a client asks',
      },
    ]
  if (bound === null)
    return [{ ...place, saw: `nothing limits how much ${what} keeps`, wanted: 'a limit of entries (max, maxsize)' }]
  if (expiry === null) return [{ ...place, saw: `${what} keeps its entries for ever`, wanted: 'a time to live (ttl)' }]
  return []
}

/** Methods whose answers are not kept without more being known of them. */
const changes = /^(POST|PUT|PATCH|DELETE)$/

const shown = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value).slice(0, 40))

const hintsOf = ({ reply }: Observation): { ttlMs?: unknown; cacheScope?: unknown } =>
  reply.kind === 'result' ? reply.result : {}

const hasHints = (one: Observation): boolean => {
  const { ttlMs, cacheScope } = hintsOf(one)
  return typeof ttlMs === 'number' && ttlMs >= 0 && (cacheScope === 'public' || cacheScope === 'private')
}

/** Since 2026-07-28 a list says how long, and by whom, it may be kept. */
const judgeHints = ({ eras, seen }: Observed): Verdict => {
  if (!eras.includes('modern')) return notApplicable('its revisions of the protocol know no such members')
  const lists = seen.filter(({ probe, era, reply }) => probe === 'list' && era === 'modern' && reply.kind === 'result')
  const evidence = (one: Observation): Evidence => {
    const { ttlMs, cacheScope } = hintsOf(one)
    return { at: one.at, saw: `ttlMs ${shown(ttlMs)}, cacheScope ${shown(cacheScope)}` }
  }
  const unlisted = seen.find(({ probe, era, reply }) => probe === 'list' && era === 'modern' && reply.kind !== 'result')
  return judged(
    lists
      .filter(one => !hasHints(one))
      .map(one => ({ ...evidence(one), wanted: 'ttlMs of 0 or more, and cacheScope public or private' })),
    lists.map(evidence),
    unlisted ? `${unlisted.at}: ${describeReply(unlisted.reply)}` : 'no list was declared',
  )
}

const item: Item = {
  id: 'caching',
  area: 'performance',
  rows: [36],
  title: 'Answers that cost something are kept for a while',
  level: 'may',
  why: 'Models ask the same thing again and again; without a cache each time costs a request, and with one that has no limit the memory grows until the process ends.',
  how: 'Keep what was read elsewhere for a short time, with a limit of entries and a time to live: new LRUCache({ max: 500, ttl: 60_000 }), cachetools.TTLCache(maxsize=500, ttl=60), async_lru.alru_cache(maxsize=500, ttl=60). Never keep an answer of one user for another. Since 2026-07-28 lists carry ttlMs and cacheScope, so that clients keep them too.',
  refs: ['https://www.npmjs.com/package/lru-cache', 'https://cachetools.readthedocs.io/en/stable/'],
  checks: [
    check({
      asks: 'Is there a cache with a limit and an expiry that is asked?',
      needs: { caches: answerCaches, outbound, access: dataAccess, project },
      judge: ({ caches: { found, files }, outbound: { calls }, access, project }) => {
        if (files === 0) return unknown('no TypeScript, JavaScript or Python source of a server was read')
        const requests = calls.filter(({ kind }) => kind === 'http')
        const request = requests.find(({ method }) => method !== null && !changes.test(method))
        const remote = access.clients.find(({ embedded }) => embedded === false)
        const libraries = librariesThatMayCallOut(project)
        if (found.length === 0 && !request && !remote && requests[0])
          return unknown(
            `the requests are no GET, as far as can be told (${requests[0].method ?? 'a method that is computed'} in ${requests[0].file}:${requests[0].line}); whether their answers may be kept does not show in the source`,
          )
        if (found.length === 0 && !request && !remote && libraries.length > 0)
          return unknown(
            `no request was found in the source; whether its libraries ask other machines (${libraries.slice(0, 5).join(', ')}) shows in a live run only`,
          )
        if (found.length === 0 && !request && !remote)
          return notApplicable('the source asks no other machine, and keeps nothing')
        if (found.length === 0)
          return fail({
            at: request?.file ?? remote?.file ?? '.',
            line: request?.line ?? remote?.line ?? 1,
            saw: `${request?.what ?? remote?.library} is asked each time, and no cache was found`,
            wanted: 'a cache with a limit and a time to live, where the answers may be a little old',
          })
        const faults = found.flatMap(faultOf)
        const open = found.find(({ bound, expiry }) => bound === undefined || expiry === undefined)
        if (faults.length === 0 && open)
          return unknown(
            `what limits ${open.what} in ${open.file}:${open.line}, and when its entries are too old, was not decided`,
          )
        const proven = found.map(({ what, bound, expiry, file, line }) => ({
          at: file,
          line,
          saw: `${what}: ${bound}, ${expiry}`,
        }))
        return judged(faults, proven, 'not reached')
      },
    }),
    check({
      asks: 'Is what was just read elsewhere, and may be kept, not asked for again?',
      needs: { repeated },
      judge: ({ repeated: calls }) =>
        judged(
          calls
            .filter(({ how }) => how === 'asked')
            .map(({ tool, request }) => ({
              at: `tools/call ${tool}, twice the same`,
              saw: `${request} was asked twice, although its answer said max-age=60`,
              wanted: 'one request',
            })),
          calls.map(({ tool, request, how }) => ({
            at: `tools/call ${tool}, twice the same`,
            saw: how === 'kept' ? `one ${request}` : `the second ${request} asked only whether anything had changed`,
          })),
          'no tool that only reads had a good answer from others: "outbound.answers" in airworthy.json says what they answer',
        ),
    }),
    check({
      asks: 'Do its lists say how long and by whom they may be kept?',
      rows: [36],
      needs: { conformance },
      judge: ({ conformance }) => judgeHints(conformance),
    }),
  ],
}

export default item
