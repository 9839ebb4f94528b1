import { randomBytes } from 'node:crypto'
import { gatherer } from '../core/item.ts'
import type { Target } from '../core/target.ts'
import { addressForms, hostForms } from '../instruments/address-forms.ts'
import { propertiesOf } from '../instruments/arguments.ts'
import { openEgressProxy } from '../instruments/egress/proxy.ts'
import { interleaved } from '../instruments/mutations.ts'
import { textParametersOf, type TextParameter } from '../instruments/text-parameters.ts'
import { awaitVisitors, type Visitors } from '../instruments/visitors.ts'
import { isOnThisMachine } from '../target/canaries.ts'
import type { Json } from '../target/connection.ts'
import { lists, type Tool } from './lists.ts'
import { opening } from './startup.ts'
import type { Startup } from '../target/startup-failures.ts'
import { trials, type Trials } from './trials.ts'
import { volley, type Shot } from './volley.ts'

export interface AddressProbe {
  tool: string
  parameter: string
  form: string
  value: string
  /** Whether it was answered at all, with a result or an error. */
  answered: boolean
  /** A request came to the listener. */
  arrived: boolean
  /** For a redirect: whether the address that redirects was asked. */
  asked?: boolean
}

export interface AddressProbes {
  probes: AddressProbe[]
  callable: number
  /** `tool.parameter` that name an address, of tools that were called with success. */
  good: string[]
  /** The same, of tools that may not be called, or had no good call. */
  untried: string[]
  /** The server was started here and its loopback is that of the audit. */
  isHere: boolean
}

const maxShots = 110
const answerMs = 4000
const budgetMs = 25_000
/** What is asked in the background gets this long after the last answer. */
const lateMs = 250
const redirecting = 'pages.example'

const names =
  /(^|_)(url|uri|href|link|links|endpoint|webhook|callback|website|site|host|hostname|server|domain|proxy)s?$/i
const hostNames = /(^|_)(host|hostname|server|domain)s?$/i
const snake = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
const isUrl = (text: string): boolean => /^https?:\/\//i.test(text)

interface Aimed {
  tool: Tool
  parameter: TextParameter
  takes: 'url' | 'host'
  limit: number
  isGood: boolean
}

const takesAddress = ({ inputSchema }: Tool, { name, good }: TextParameter): Aimed['takes'] | null => {
  const { description, format } = propertiesOf(inputSchema)[name] ?? {}
  if (isUrl(good) || format === 'uri' || format === 'url') return 'url'
  if (hostNames.test(snake(name))) return 'host'
  const says = typeof description === 'string' && /\b(URLs?|https?:\/\/)/.test(description)
  return says || names.test(snake(name)) ? 'url' : null
}

const addressesOf = (tool: Tool, sample: Json): { parameter: TextParameter; takes: Aimed['takes'] }[] =>
  textParametersOf(tool.inputSchema, sample).flatMap(parameter => {
    const takes = takesAddress(tool, parameter)
    return takes ? [{ parameter, takes }] : []
  })

/** A tool that refused its good call may still follow an address. */
const aimed = ({ trials }: Trials): Aimed[] =>
  trials.flatMap(({ tool, arguments: good, tries, reply }) =>
    addressesOf(tool, good ?? tries.at(-1)?.arguments ?? {}).map(({ parameter, takes }) => {
      return { tool, parameter, takes, limit: answerMs + 3 * reply.ms, isGood: good !== null }
    }),
  )

type Planned = Shot & { parameter: string; form: string; value: string; came: () => boolean; asked?: () => boolean }

const hostOf = ({ parameter: { good } }: Aimed): string | null =>
  URL.canParse(good) && isUrl(good) ? new URL(good).hostname : null

const planned = ({ tool, parameter, limit }: Aimed, form: string, value: string, came: () => boolean): Planned => {
  return { tool: tool.name, parameter: parameter.name, form, value, arguments: parameter.given(value), limit, came }
}

const token = (): string => `/airworthy-${randomBytes(8).toString('hex')}`

const direct = (aims: Aimed[], visitors: Visitors): Planned[] =>
  interleaved(
    aims
      .filter(({ takes }) => takes === 'url')
      .map(aim => {
        const paths = addressForms(visitors.port, '/', null).map(token)
        return paths.flatMap((path, index) => {
          const form = addressForms(visitors.port, path, hostOf(aim))[index]
          return form ? [planned(aim, form.form, form.value, () => visitors.paths().has(path))] : []
        })
      }),
  ).slice(0, maxShots)

const fire = async (target: Target, opening: Startup, plan: Planned[], env?: Record<string, string>) => {
  const replies = plan.length > 0 ? await volley(target, opening, plan, budgetMs, env ? { env } : {}) : []
  if (plan.length > 0) await new Promise(resolve => setTimeout(resolve, lateMs))
  return plan.flatMap(({ tool, parameter, form, value, came, asked }, index): AddressProbe[] => {
    const reply = replies[index]
    if (!reply) return []
    const seen = asked ? { asked: asked() } : {}
    return [{ tool, parameter, form, value, answered: reply.kind !== 'lost', arrived: came(), ...seen }]
  })
}

/** A host of its own for each: what comes there says no more than that it came. */
const fireHosts = async (target: Target, opening: Startup, aims: Aimed[]): Promise<AddressProbe[]> => {
  const probes: AddressProbe[] = []
  for (const aim of aims.filter(({ takes }) => takes === 'host').slice(0, 3)) {
    const visitors = await awaitVisitors(target)
    const plan = hostForms(visitors.port).map(({ form, value }) =>
      planned(aim, form, value, () => visitors.connections() > 0),
    )
    probes.push(...(await fire(target, opening, plan)))
    visitors.close()
  }
  return probes
}

/** Each public address is answered by a redirect to this machine. */
const fireRedirects = async (target: Target, opening: Startup, aims: Aimed[], visitors: Visitors) => {
  if (aims.length === 0 || !target.server?.launch) return []
  const proxy = await openEgressProxy(target)
  try {
    proxy.rule('*', {
      answer: ({ path }) => ({ status: 302, headers: { location: `http://127.0.0.1:${visitors.port}${path}` } }),
    })
    const plan = aims.map(aim => {
      const path = token()
      const host = hostOf(aim)
      const known = host !== null && /[a-z]\.[a-z]+$/i.test(host) ? host : redirecting
      const came = (): boolean => visitors.paths().has(path)
      const asked = (): boolean => proxy.requests().some(request => request.path === path && request.host === known)
      return { ...planned(aim, 'a redirect to it', `http://${known}${path}`, came), asked }
    })
    return await fire(target, opening, plan, proxy.env)
  } finally {
    await proxy.close()
  }
}

/** Addresses of this machine, where nobody has any business, and whether tools that take an address asked there. */
export const addressCanaries = gatherer({
  id: 'address-canaries',
  impact: 'call',
  from: 'server',
  borrows: 'rough',
  lasts: 3,
  deadline: 90_000,
  needs: { opening, lists, trials },
  gather: async (target, { opening, lists, trials }): Promise<AddressProbes> => {
    const purposes = new Set(target.settings.localTools ?? [])
    const aims = aimed(trials).filter(({ tool }) => !purposes.has(tool.name))
    const named = ({ tool, parameter }: Pick<Aimed, 'tool' | 'parameter'>): string => `${tool.name}.${parameter.name}`
    const good = aims.filter(({ isGood }) => isGood).map(named)
    const all = lists.tools
      .filter(({ name }) => !purposes.has(name))
      .flatMap(tool => addressesOf(tool, {}).map(({ parameter }) => named({ tool, parameter })))
    const counts = { callable: trials.trials.length, good, untried: all.filter(name => !good.includes(name)) }
    const isHere = isOnThisMachine(target)
    if (aims.length === 0) return { probes: [], ...counts, isHere }
    const visitors = await awaitVisitors(target)
    try {
      const first = [
        ...(await fire(target, opening, direct(aims, visitors))),
        ...(await fireHosts(target, opening, aims)),
      ]
      const led = new Set(first.filter(({ arrived }) => arrived).map(({ tool, parameter }) => `${tool}.${parameter}`))
      const others = aims.filter(aim => aim.takes === 'url' && !led.has(named(aim)))
      return { probes: [...first, ...(await fireRedirects(target, opening, others, visitors))], ...counts, isHere }
    } finally {
      visitors.close()
    }
  },
})
