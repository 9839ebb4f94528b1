import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { forbiddenCalls, type ForbiddenCall } from '../../gather/forbidden-calls.ts'
import { failOpen, type FailOpen } from '../../gather/fail-open.ts'
import { isLasting, said } from '../../gather/http/beside.ts'
import { httpEntries, type HttpEntries } from '../../gather/http-entries.ts'
import { lenientEntries, type LenientEntry } from '../../gather/lenient-entries.ts'
import { settableLimits, type SettableLimit } from '../../gather/settable-limits.ts'
import { toolFilters, type ToolFilters } from '../../gather/tool-filters.ts'

const opened = ({ name, file, line }: FailOpen): Evidence => ({
  at: file,
  line,
  saw: `${name} lets pass what it could not look at: its own failure is answered like a permission`,
  wanted: 'a refusal when the check itself fails',
})

const loosened = ({ by, writtenAt, file, line, limits }: SettableLimit): Evidence => ({
  at: file,
  line,
  saw: `a call names the setting that ${by} (${writtenAt}) writes, and nothing asks which it is: ${limits.join(', ')} can be written as well`,
  wanted: 'a list of the settings that a tool may write, without those that limit tools',
})

const lentOut = ({ by, file, line, own }: LenientEntry): Evidence => ({
  at: file,
  line,
  saw: `${by} lets pass a request without a credential: whoever sends it gets the rights of ${own.name} (${own.file})`,
  wanted: 'HTTP 401; the credential of the server over stdio alone',
})

const judge = (
  { filters, scoped }: ToolFilters,
  { starts, stdio, guards, beside }: HttpEntries,
  failOpen: FailOpen[],
  settable: SettableLimit[],
  lenient: LenientEntry[],
): Verdict => {
  const hidden = filters
    .filter(({ applied }) => applied === null)
    .map(({ file, line, by }): Evidence => ({
      at: file,
      line,
      saw: `tools/list leaves tools out (${by.slice(0, 3).join(', ')}), tools/call runs them all the same`,
      wanted: 'the same decision before a tool runs',
    }))
  const broken = [...hidden, ...failOpen.map(opened), ...settable.map(loosened), ...lenient.map(lentOut)]
  const kept = filters.flatMap(({ applied, by }) =>
    applied
      ? [{ at: applied.file, line: applied.line, saw: `a call is decided by ${by.slice(0, 3).join(', ')} as well` }]
      : [],
  )
  const proven = [...kept, ...scoped.map(({ file, line, by }) => ({ at: file, line, saw: by }))]
  if (broken.length > 0 || proven.length > 0) return judged(broken, proven, 'not reached')
  if (starts.length === 0 && !stdio) return unknown('where the server starts was not found in the source')
  const other = beside.find(isLasting)
  if (starts.length === 0 && other) return unknown(said(other))
  if (starts.length === 0) return notApplicable('served over stdio alone: whoever starts it is its only principal')
  const several = guards.find(({ principals }) => principals)
  if (several)
    return unknown(
      `${several.file}:${several.line} tells callers apart; where a tool asks what its caller may do was not found`,
    )
  return notApplicable('nothing in the source tells callers apart: each has the same rights, those of the server')
}

const written = (call: ForbiddenCall): string => JSON.stringify(call.arguments).slice(0, 200)

const judgeCalls = (calls: ForbiddenCall[]): Verdict => {
  const broken = calls
    .filter(({ fate }) => fate === 'accepted')
    .map((call): Evidence => ({
      at: `tools/call ${call.tool}`,
      saw: `${written(call)}${call.spelled ? ` (${call.spelled})` : ''} is forbidden${call.listed ? '' : ', and its tool is hidden from tools/list'}; it was run: ${call.saw}`,
      wanted: 'a refusal',
    }))
  const open = calls.find(({ fate }) => !/^(accepted|refused|worded)$/.test(fate))
  if (broken.length === 0 && open) return unknown(`tools/call ${open.tool} was not answered clearly: ${open.saw}`)
  const stranger = calls.find(({ known }) => !known)
  if (broken.length === 0 && stranger)
    return unknown(
      `the server never lists ${stranger.tool}: that it refuses a call of it proves nothing; correct the name at "forbidden" in airworthy.json`,
    )
  const proven = calls.map(call => ({ at: `tools/call ${call.tool} ${written(call)}`, saw: `refused: ${call.saw}` }))
  return judged(broken, proven, 'no call is declared forbidden')
}

const item: Item = {
  id: 'access-control',
  area: 'security',
  rows: [32],
  title: 'Each caller may do what it is allowed to, and no more',
  level: 'must',
  why: 'A tool that is only hidden from the list is open to everyone who knows its name.',
  how: 'Decide in one function what a caller may use, ask it in tools/list and again before a tool runs; tie scopes of tokens to tools (`requiredScopes`, `require_scopes`). Let no tool write a setting that limits tools.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization',
    'https://cwe.mitre.org/data/definitions/862.html',
  ],
  applies: { capability: 'tools' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Is each call that is forbidden refused, also where its tool is hidden from the list?',
      needs: { forbiddenCalls },
      judge: ({ forbiddenCalls }) => judgeCalls(forbiddenCalls),
    }),
    check({
      asks: 'Is what a caller may do decided where a tool is called, not only where tools are listed?',
      needs: { toolFilters, httpEntries, failOpen, settableLimits, lenientEntries },
      judge: ({ toolFilters, httpEntries, failOpen, settableLimits, lenientEntries }) =>
        judge(toolFilters, httpEntries, failOpen, settableLimits, lenientEntries),
    }),
  ],
}

export default item
