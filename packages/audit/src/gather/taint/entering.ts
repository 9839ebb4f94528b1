import { visibleAt, type FunctionValue, type Module } from '../code/values.ts'
import type { Entry } from '../reach.ts'
import type { Resolver } from '../code/resolve.ts'
import { hiddenParameters } from '../registered/parameters.ts'
import { some, type Datum, type Declared, type Frame } from './data.ts'
import type { Machine } from './machine.ts'

const input = (path: string[], declared: Declared[] = []): Datum & { is: 'input' } => ({ is: 'input', path, declared })

const fields = (of: Record<string, Datum>): Datum => ({
  is: 'fields',
  fields: new Map(Object.entries(of).map(([key, datum]) => [key, [datum]])),
})

/** What is passed to a handler besides the arguments of the client. */
const isContext = (type: string | null, name: string): boolean =>
  /(^|\.)(Context|Request|RequestContext|CurrentContext)$/.test(type ?? '') || /^(ctx|context|self|cls|_)$/.test(name)

/** What the annotation and the default of a parameter of Python say about it. */
const declaredBy = (name: string, of: FunctionValue, module: Module): { declared: Declared[]; isInput: boolean } => {
  const place = { module, frames: [] }
  const entry = visibleAt(module, name, of.at).find(({ from }) => from === of.at)
  const fallback = entry?.value.is === 'parameter' ? entry.value.fallback : null
  const schemas = [entry?.annotation, fallback?.is === 'call' ? fallback : null].filter(
    each => each !== null && each !== undefined,
  )
  const isInjected =
    fallback?.is === 'call' &&
    fallback.callee.is === 'name' &&
    /^(Depends|CurrentContext|Context)$/.test(fallback.callee.name)
  return {
    declared: schemas.map(value => ({ schema: { value, place }, from: 1, isAdvice: false })),
    isInput: !isContext(entry?.type ?? null, name) && !isInjected,
  }
}

const requestOf = (entry: Entry, declared: Declared[]): Datum => {
  const parameters = fields({ name: input(['name']), arguments: input([], declared), uri: input(['uri']) })
  return entry.given === 'request' ? fields({ params: parameters, method: some() }) : parameters
}

/** A resource whose URI is a text is asked for by that alone; only a `ResourceTemplate` leaves parts of it open. */
const isFixed = ({ input: uri }: Entry, resolver: Resolver): boolean => {
  const things = uri ? resolver.things(uri.value, uri.place) : []
  return things.some(({ value }) => value.is === 'text') && things.every(({ value }) => value.is !== 'call')
}

/** `https://docs.example/{page}`: whatever is asked for, it is of that host. Where nothing is named, nothing is registered. */
const hasFixedHost = ({ input: uri }: Entry, resolver: Resolver): boolean => {
  const things = uri ? resolver.things(uri.value, uri.place) : []
  const named = things.filter(({ value }) => value.is !== 'constant')
  const templates = named.map(thing => {
    const [first] = thing.value.is === 'call' ? thing.value.arguments : []
    return thing.value.is === 'text' ? thing.value.text : first ? resolver.text(first, thing) : null
  })
  return things.length > 0 && templates.every(one => /^[a-z][\w+.-]*:\/\/[^{}/?#]+\//i.test(one ?? ''))
}

const givenTo = (entry: Entry, of: FunctionValue, module: Module, resolver: Resolver): Frame['given'] => {
  const [first, ...others] = entry.advertised
  const isAdvice = module.language !== 'python'
  const isNamed = entry.given === 'named'
  const declared: Declared[] = entry.input
    ? [{ schema: entry.input, from: 0, isAdvice: false }]
    : first
      ? [{ schema: first, others, from: 0, isAdvice }]
      : []
  const hidden = isNamed ? hiddenParameters(of, module, resolver) : null
  const isMethod = /^(self|cls)$/.test(of.parameters[0] ?? '')
  const at = (index: number): Datum[] | undefined => {
    switch (entry.given) {
      case 'arguments':
        return index === 0 ? [input([], declared)] : [some()]
      case 'request':
        return index === 0 ? [requestOf(entry, declared)] : [some()]
      case 'name and arguments':
        return index === 0 ? [input(['name'])] : index === 1 ? [input([], declared)] : [some()]
      case 'context and parameters':
        return index === 1 ? [requestOf(entry, declared)] : [some()]
      case 'address':
        if (isFixed(entry, resolver)) return [some()]
        if (index > 0) return [input([index === 1 ? 'variables' : 'x'])]
        return [{ ...input(['uri']), url: hasFixedHost(entry, resolver) ? 'with a fixed host' : 'any' }]
      default:
        return undefined
    }
  }
  return (index, name) => {
    if (entry.given === 'anything') return [input([name.replace(/\W.*$/s, '') || `parameter ${index + 1}`])]
    if (!isNamed) return at(isMethod ? index - 1 : index)
    const bare = name.replace(/^\*+/, '')
    const said = declaredBy(bare, of, module)
    return [said.isInput && !hidden?.has(bare) ? input([bare], said.declared) : some()]
  }
}

/** The frame in which a handler is called by a client. */
export const enterAt = (entry: Entry, of: FunctionValue, module: Module, machine: Machine): Frame => {
  const { value, place } = entry.work
  const closure = machine
    .values(value, machine.top(place.module))
    .find((one): one is Datum & { is: 'closure' } => one.is === 'closure' && one.of === of)
  const frame = machine.enter(closure ?? { is: 'closure', of, frame: machine.top(module), self: null }, null)
  return { ...frame, given: givenTo(entry, of, module, machine.resolver) }
}

/** A function as if clients called it themselves, with anything for each of its parameters. */
export const asEntry = (of: FunctionValue, module: Module): Entry => ({
  kind: 'tool',
  name: null,
  file: module.path,
  line: of.line,
  work: { value: of, place: { module, frames: [] } },
  input: null,
  advertised: [],
  given: 'anything',
  functions: [{ function: of, module }],
})
