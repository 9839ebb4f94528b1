import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { librariesThatMayCallOut } from '../../gather/calls/libraries.ts'
import { hangingUpstream, type HangingUpstream } from '../../gather/egress/hanging.ts'
import { outbound } from '../../gather/outbound.ts'
import { project } from '../../gather/project.ts'
import { timeoutAmounts, type TimeoutAmount } from '../../gather/timeout-amounts.ts'

const asEvidence = ({ file, line, what, from, text }: TimeoutAmount): Evidence =>
  from === 'settings'
    ? { at: file, line, saw: `${what}: its timeout comes from the settings` }
    : {
        at: file,
        line,
        saw: `${what}: a timeout of ${text ?? 'a fixed amount'}, fixed in the source`,
        wanted: 'a setting, with this as its default',
      }

/** A fair part of the difference must show: a busy machine makes every wait longer. */
const judgeSetting = ({ calls, withSetting }: HangingUpstream): Verdict => {
  const usual = calls[0]
  if (!usual) return unknown('no tool goes out')
  if (!withSetting)
    return unknown(
      'no setting was named: "outbound.timeout" in airworthy.json says which one changes how long it waits',
    )
  const { setting, declaredMs, ms } = withSetting
  const least = usual.ms ?? Infinity
  if (declaredMs > least / 2)
    return unknown(`without ${setting} it waits ${Math.round(least)} ms: declare less than half of that`)
  const seen = {
    at: `tools/call ${usual.tool} with ${setting} for ${declaredMs} ms`,
    saw: `it waited ${ms === null ? 'until it was given up' : `${Math.round(ms)} ms`}; without it ${usual.ms === null ? 'the same' : `${Math.round(usual.ms)} ms`}`,
  }
  if (ms === null || ms > least * 0.9) return fail({ ...seen, wanted: 'the time that is set' })
  return ms < least * 0.7 ? pass(seen) : unknown(`${seen.at}: ${seen.saw}`)
}

const item: Item = {
  id: 'timeout-configuration',
  area: 'configuration',
  rows: [87, 94],
  title: 'Timeouts are set, and can be set from outside',
  level: 'should',
  why: 'How long an upstream may take is known where the server runs, not where it is written; with a fixed timeout the only remedy for a slow network is a new release.',
  how: 'Read each timeout from the environment with a sensible default and bounds (NOTES_TIMEOUT_MS, default 5000), hand it to AbortSignal.timeout, httpx.AsyncClient(timeout=...), execFile({ timeout }), and document it.',
  refs: ['https://12factor.net/config', 'https://www.python-httpx.org/advanced/timeouts/'],
  checks: [
    check({
      asks: 'Does every timeout come from the settings?',
      needs: { amounts: timeoutAmounts, outbound, project },
      judge: ({ amounts, outbound: { calls, files }, project }) => {
        if (files === 0) return unknown('no TypeScript, JavaScript or Python source of a server was read')
        const call = calls.find(
          ({ kind, timeout, isStream }) => !isStream && (kind === 'http' || timeout !== 'present'),
        )
        const stream = calls.find(({ isStream }) => isStream)
        if (amounts.length === 0 && call)
          return fail({
            at: call.file,
            line: call.line,
            saw: `${call.what}: the source sets no timeout, so no setting can change it`,
            wanted: 'a timeout that comes from the settings',
          })
        if (amounts.length === 0 && stream)
          return unknown(
            `the source sets no timeout, and all it asks for is a stream that is meant to stay open (${stream.file}:${stream.line})`,
          )
        const libraries = librariesThatMayCallOut(project)
        if (amounts.length === 0 && libraries.length > 0)
          return unknown(
            `the source sets no timeout; whether its libraries take one (${libraries.slice(0, 5).join(', ')}) shows in a live run only`,
          )
        if (amounts.length === 0) return notApplicable('the source calls nothing that could take a timeout')
        const fixed = amounts.filter(({ from }) => from === 'source')
        const open = amounts.find(({ from }) => from === 'undecided')
        if (fixed.length === 0 && open)
          return unknown(`where the timeout of ${open.what} in ${open.file}:${open.line} comes from was not decided`)
        return judged(fixed.map(asEvidence), amounts.map(asEvidence), 'not reached')
      },
    }),
    check({
      asks: 'Does setting a timeout change how long the server waits for an upstream?',
      needs: { hangingUpstream },
      judge: ({ hangingUpstream: seen }) => judgeSetting(seen),
    }),
  ],
}

export default item
