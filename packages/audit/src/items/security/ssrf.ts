import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { addressCanaries, type AddressProbe, type AddressProbes } from '../../gather/address-canaries.ts'
import { librariesThatCallOut } from '../../gather/calls/libraries.ts'
import { modules } from '../../gather/code/modules.ts'
import { headerAddresses } from '../../gather/header-addresses.ts'
import { outbound } from '../../gather/outbound.ts'
import { project } from '../../gather/project.ts'
import { nothingCalled, shown } from '../../gather/proven-tools.ts'
import { taint } from '../../gather/taint.ts'
import { judgeFlows, type Wanted } from '../carried.ts'

const wanted: Wanted = {
  kinds: ['url'],
  places: 'machine that an argument names',
  instead: 'a host from the settings or from a list, checked in the URL that is really requested',
  purpose: 'a list of hosts, or a refusal of private addresses that also covers redirects and the answers of DNS',
}

const followed = ({ tool, parameter, form, value }: AddressProbe): Evidence => ({
  at: `tools/call ${tool}`,
  saw: `${parameter} = ${JSON.stringify(value)} (${form}) → a request came to the listener of the audit on this machine`,
  wanted: 'no request to loopback, private and link-local addresses, however they are written or reached',
})

const proven = ({ probes, good, untried }: AddressProbes): Evidence[] => {
  const tried = probes.filter(({ answered, tool, parameter }) => answered && good.includes(`${tool}.${parameter}`))
  if (tried.length === 0 || untried.length > 0) return []
  const redirects = tried.filter(({ asked }) => asked).length
  const how = redirects > 0 ? `, ${redirects} by a redirect that was reached` : '; no redirect was reached'
  return [{ at: `${tried.length} addresses of this machine in ${good.join(', ')}`, saw: `none was asked${how}` }]
}

const judgeAddresses = (seen: AddressProbes): Verdict => {
  const { probes, callable, good, untried, isHere } = seen
  if (good.length === 0 && untried.length === 0) return notApplicable('no tool takes an address')
  const found = shown(probes.filter(({ arrived }) => arrived).map(followed))
  if (callable === 0) return unknown(nothingCalled(callable))
  const otherwise = isHere
    ? `parameters that name an address belong to tools without a good call: ${untried.slice(0, 5).join(', ') || 'none'}; give arguments that work as "samples" in airworthy.json, or name the tools whose purpose it is in "localTools"`
    : 'the server was not started by the audit: addresses of this machine prove nothing there'
  return judged(found, isHere ? proven(seen) : [], otherwise)
}

const item: Item = {
  id: 'ssrf',
  area: 'security',
  rows: [],
  title: 'Requests go where they were meant to go',
  level: 'must',
  why: 'A server that requests any address hands whoever writes the prompt the cloud metadata, the intranet and every service on its machine.',
  how: 'Build the URL from a fixed host and encode what comes from arguments; where any URL is the purpose, resolve the name first, refuse loopback, private and link-local addresses, connect to the address that was checked, and do the same after each redirect.',
  refs: [
    'https://cwe.mitre.org/data/definitions/918.html',
    'https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html',
    'https://modelcontextprotocol.io/specification/2025-06-18/basic/security_best_practices',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does no address of this machine in an argument, however it is written or reached, bring a request there?',
      applies: { capability: 'tools' },
      needs: { addressCanaries },
      judge: ({ addressCanaries }) => judgeAddresses(addressCanaries),
    }),
    check({
      asks: 'Does no argument decide which machine is asked?',
      needs: { taint, outbound, project, modules },
      judge: ({ taint, outbound, project, modules }) => {
        const isOpen = taint.handlers === 0 || taint.cut || taint.hidden.length > 0
        if (isOpen || taint.flows.some(({ kind }) => kind === 'url')) return judgeFlows(taint, wanted)
        // what the start of the server asks for says nothing of what libraries ask for in a handler
        const asked = outbound.calls.flatMap(({ kind, what }) => (kind === 'http' ? [what] : []))
        const libraries = librariesThatCallOut(project, modules).filter(
          name => !asked.some(what => what.startsWith(name)),
        )
        return libraries.length > 0
          ? unknown(
              `no handler was seen to make a request; what its libraries are asked for (${libraries.slice(0, 5).join(', ')}) shows in a live run only`,
            )
          : notApplicable(`none of the ${taint.handlers} handlers asks an address that an argument could change`)
      },
    }),
    check({
      asks: 'Is an address that a request names in a header looked at before it is asked?',
      needs: { headerAddresses },
      judge: ({ headerAddresses: { found, checked } }) => {
        if (found.length === 0) return notApplicable('no header of a request names an address')
        if (checked)
          return unknown(
            `whether ${checked.by} (${checked.file}:${checked.line}) looks at the address in the header ${found[0]?.header} was not followed`,
          )
        return judged(
          found.map(({ header, file, line }) => ({
            at: file,
            line,
            saw: `whoever sends the header ${header} decides which machine is asked: nothing in the source looks at a host`,
            wanted: 'a list of hosts from the settings, or a refusal of private addresses that also covers redirects',
          })),
          [],
          'not reached',
        )
      },
    }),
  ],
}

export default item
