import { check, type Item } from '../../core/item.ts'
import { fail, judged, notApplicable, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { isLasting, said } from '../../gather/http/beside.ts'
import { isEverywhere, isLoopback } from '../../gather/http/host-names.ts'
import type { Guard } from '../../gather/http/guards.ts'
import { httpEntries, type HttpEntries } from '../../gather/http-entries.ts'
import { oldEndpoint, type OldEndpoint, type OldProbe } from '../../gather/old-endpoint.ts'
import { origins, type OriginProbe } from '../../gather/origins.ts'
import { sdkProtection, type SdkProtection } from '../../gather/sdk-protection.ts'

const judgeProbes = (probes: OriginProbe[], wanted: string): Verdict => {
  const served = probes
    .filter(probe => probe.served)
    .map(({ at, status }) => ({ at, saw: `served, ${status}`, wanted }))
  const open = probes.find(probe => !probe.served && !probe.refused)
  if (served.length === 0 && open) return unknown(`${open.at} was neither served nor refused: ${open.status}`)
  return judged(
    served,
    probes.map(({ at, status }): Evidence => ({ at, saw: status })),
    'no request could be sent',
  )
}

const judgeOld = (seen: OldEndpoint | null, of: (seen: OldEndpoint) => OldProbe | null): Verdict => {
  if (!seen) return notApplicable('it does not speak the HTTP+SSE transport of 2024-11-05 alone')
  const asked = of(seen)
  if (!asked) return notApplicable('it is not on this machine alone, or this machine has no other address')
  const { at, saw, served, refused } = asked
  if (served) return fail({ at: `${at}, over HTTP+SSE`, saw, wanted: 'a refusal' })
  return refused ? pass({ at, saw }) : unknown(`${at} was neither served nor refused: ${saw}`)
}

const nothingServed = ({ stdio, beside }: HttpEntries): Verdict => {
  if (!stdio) return unknown('where the server starts was not found in the source')
  const other = beside.find(isLasting)
  return other ? unknown(said(other)) : notApplicable('the source serves over stdio alone')
}

const judgeBeside = (entries: HttpEntries): Verdict => {
  const lasting = entries.beside.filter(isLasting)
  const open = lasting.filter(({ isOpen }) => isOpen)
  if (open.length > 0)
    return judged(
      open.map(({ file, line, host }) => ({
        at: file,
        line,
        saw: `listens on ${host} at each start, beside stdio, and nothing asks for a credential`,
        wanted: '127.0.0.1 unless somebody asks for another address and callers have to authenticate',
      })),
      [],
      'not reached',
    )
  const local = lasting.filter(isLoopback)
  return local.length > 0 && local.length === lasting.length
    ? judged(
        [],
        local.map(({ file, line, host }) => ({ at: file, line, saw: `listens on ${host}, beside stdio` })),
        '',
      )
    : nothingServed(entries)
}

const judgeGuards = (of: 'origin' | 'host', entries: HttpEntries, sdk: SdkProtection[]): Verdict => {
  const { starts, addresses, guards } = entries
  const [start] = starts
  if (!start) return nothingServed(entries)
  const isLocal = addresses.length > 0 && addresses.every(isLoopback)
  if (of === 'host' && addresses.length > 0 && addresses.every(one => one.host !== null && !isLoopback(one)))
    return notApplicable("it is not made for this machine alone: names are its proxy's matter")
  const elsewhere = addresses.find(one => one.host !== null && !isLoopback(one))
  const isBySdk = sdk.length > 0 && sdk.every(({ isOn }) => isOn)
  // what is off by default may leave it to others that are on
  const all = guards.filter(guard => guard.of === of)
  const isCovered = isBySdk || all.some(guard => !guard.optional && !guard.unsure && !guard.fault)
  const own = all.filter(({ optional }) => !(optional && isCovered))
  const faultOf = ({ fault, onLoopback, optional, unsure, only }: Guard): string | null =>
    fault ??
    (onLoopback && elsewhere ? `it looks at loopback alone, and it listens on ${elsewhere.host}` : null) ??
    (optional && !unsure ? `it refuses nothing by default, only ${only ?? 'once it is turned on'}` : null)
  const broken = own.flatMap((guard): Evidence[] => {
    const { file, line, by } = guard
    const why = faultOf(guard)
    return why ? [{ at: file, line, saw: `${by}: ${why}`, wanted: 'a list of allowed names that is always on' }] : []
  })
  const proven = own
    .filter(({ optional }) => !optional)
    .map(({ file, line, by }): Evidence => ({ at: file, line, saw: by }))
  const unsure = own.find(guard => guard.unsure)
  if (broken.length === 0 && unsure)
    return unknown(
      `${unsure.by} refuses ${unsure.optional ? `only ${unsure.only}` : `nothing ${unsure.only}`}; whether that is so by default was not decided`,
    )
  if (broken.length === 0 && own.some(({ onLoopback }) => onLoopback) && !isLocal)
    return unknown('it looks at what arrives on loopback alone, and the address it listens on cannot be told')
  if (own.length > 0) return judged(broken, proven, 'not reached')
  if (isBySdk)
    return judged(
      [],
      sdk.map(({ file, line, because }) => ({ at: file, line, saw: because })),
      'not reached',
    )
  const open = sdk.find(({ isOn }) => isOn === null)
  if (open && sdk.every(({ isOn }) => isOn !== false))
    return unknown(`nothing in the source looks at ${of}; ${open.file}:${open.line}: ${open.because}`)
  const other = guards.find(guard => guard.of === 'credential' || guard.by.endsWith('App'))
  if (other) return unknown(`${other.by} stands before the tools; whether it looks at ${of} was not decided`)
  if (of === 'host' && addresses.length > 0 && !addresses.some(isLoopback))
    return unknown(
      'nothing looks at the host; whether it is made for this machine alone cannot be told from the source',
    )
  const { file, line } = sdk.find(({ isOn }) => isOn === false) ?? start
  return fail({ at: file, line, saw: `nothing looks at ${of}`, wanted: 'HTTP 403 for foreign ones' })
}

const judgeAddress = (entries: HttpEntries): Verdict => {
  const { starts, addresses, others, guards } = entries
  if (starts.length === 0) return judgeBeside(entries)
  const checks = guards.filter(guard => guard.of === 'credential')
  const asked = checks.find(({ optional, off }) => !optional && !off) ?? checks.find(({ optional }) => !optional)
  const open = addresses.find(isEverywhere)
  const wanted = '127.0.0.1 unless somebody asks for another address and callers have to authenticate'
  if (open && !asked) {
    const [lenient] = checks
    const when = lenient?.only ?? 'once one is set'
    if (lenient?.unsure)
      return unknown(`${lenient.by} asks for a credential only ${when}; whether that is so by default was not decided`)
    const but = lenient ? `, and ${lenient.by} asks for a credential only ${when}` : ''
    const all = [...addresses, ...others].filter(isEverywhere)
    return judged(
      all.map(({ file, line, host }) => ({ at: file, line, saw: `listens on ${host} by default${but}`, wanted })),
      [],
      'not reached',
    )
  }
  const isLeftOut = asked?.off && open?.isFixed
  if (open && isLeftOut)
    return fail({
      at: open.file,
      line: open.line,
      saw: `listens on ${open.host} also where ${asked.off?.by} leaves the check of credentials out (${asked.file}:${asked.off?.line})`,
      wanted,
    })
  if (open && asked) return pass({ at: asked.file, line: asked.line, saw: `${asked.by} asks for a credential` })
  const [first] = addresses
  if (!first || !addresses.every(isLoopback)) return unknown('the address it listens on cannot be told from the source')
  const beside = others.find(isEverywhere)
  if (beside)
    return unknown(`${beside.file}:${beside.line} listens on ${beside.host} as well; what it serves is not read`)
  return pass({ at: first.file, line: first.line, saw: `listens on ${first.host} by default` })
}

const item: Item = {
  id: 'origin-validation',
  area: 'security',
  rows: [],
  title: 'Foreign web pages cannot reach it',
  level: 'must',
  why: 'Any page a user opens can send requests to a server on their machine, and by DNS rebinding read the answers.',
  how: 'Refuse requests whose Origin is not on your list with 403, refuse foreign Host names, and listen on 127.0.0.1 unless callers authenticate.',
  refs: [
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning',
    'https://modelcontextprotocol.io/specification/2025-11-25/basic/security_best_practices',
  ],
  applies: { transport: 'http' },
  checks: [
    check({
      asks: 'Is a foreign Origin refused, on every verb?',
      needs: { origins },
      judge: ({ origins: { origins } }) => judgeProbes(origins, 'HTTP 403'),
    }),
    check({
      asks: 'Is a foreign Host refused by a server on this machine?',
      needs: { origins },
      judge: ({ origins: { hosts, loopback, url } }) =>
        loopback
          ? judgeProbes(hosts, 'a refusal (403 or 421)')
          : notApplicable(`${url} is not on this machine: names are its proxy's matter`),
    }),
    check({
      asks: 'Does it listen on loopback alone, or else ask for credentials?',
      needs: { origins },
      judge: ({ origins: { outside, url } }) => {
        if (!outside) return notApplicable('there is no other address of this machine to try')
        const at = `${outside.address}:${new URL(url).port}`
        if (!outside.reachable) return pass({ at, saw: 'takes no connection: it listens on loopback alone' })
        return outside.withoutCredentials
          ? fail({
              at,
              saw: 'takes connections from other machines and serves without credentials',
              wanted: '127.0.0.1',
            })
          : pass({ at, saw: 'takes connections, and asks for credentials' })
      },
    }),
    check({
      asks: 'Does a server of the older HTTP+SSE transport refuse a foreign Origin?',
      needs: { oldEndpoint },
      judge: ({ oldEndpoint }) => judgeOld(oldEndpoint, ({ origin }) => origin),
    }),
    check({
      asks: 'Does a server of the older HTTP+SSE transport on this machine refuse a foreign Host?',
      needs: { oldEndpoint },
      judge: ({ oldEndpoint }) => judgeOld(oldEndpoint, ({ host }) => host),
    }),
    check({
      asks: 'Does a server of the older HTTP+SSE transport serve this machine alone, or ask for credentials?',
      needs: { oldEndpoint },
      judge: ({ oldEndpoint }) =>
        judgeOld(oldEndpoint, ({ outside }) => outside && { ...outside, refused: !outside.served }),
    }),
    check({
      asks: 'Does the source refuse foreign Origins?',
      needs: { httpEntries, sdkProtection },
      judge: ({ httpEntries, sdkProtection }) => judgeGuards('origin', httpEntries, sdkProtection),
    }),
    check({
      asks: 'Does the source refuse foreign Host names?',
      needs: { httpEntries, sdkProtection },
      judge: ({ httpEntries, sdkProtection }) => judgeGuards('host', httpEntries, sdkProtection),
    }),
    check({
      asks: 'Does the source listen on loopback unless callers have to authenticate?',
      needs: { httpEntries },
      judge: ({ httpEntries }) => judgeAddress(httpEntries),
    }),
  ],
}

export default item
