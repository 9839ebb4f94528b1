import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { lists, type Tool } from '../../gather/lists.ts'
import { registrations, type Registration } from '../../gather/registrations.ts'

const validName = /^[A-Za-z0-9_.-]{1,128}$/

const place = ({ file, line }: Registration): { at: string; line: number } => ({ at: file, line })
const serverKey = ({ server }: Registration): string => server ?? ''

/** Two of one name that are certain to be registered with the same server; one definition may stand in several lists. */
const isTwin = (a: Registration, b: Registration): boolean =>
  a.name === b.name &&
  a.group !== null &&
  a.group === b.group &&
  serverKey(a) === serverKey(b) &&
  (a.file !== b.file || a.line !== b.line)

const duplicates = (tools: Registration[]): Evidence[] =>
  tools.flatMap((tool, index) => {
    const earlier = tools.slice(0, index).find(other => isTwin(other, tool))
    const saw = `${tool.name} is registered again, first in ${earlier?.file}:${earlier?.line}`
    return earlier ? [{ ...place(tool), saw, wanted: 'a name of its own for each tool' }] : []
  })

const invalid = (tools: Registration[]): Evidence[] =>
  tools
    .filter(({ name }) => name !== null && !validName.test(name))
    .map(tool => ({
      ...place(tool),
      saw: `a tool named «${tool.name}»`,
      wanted: '1 to 128 of the characters A-Z a-z 0-9 _ . -',
    }))

const unreachable = (tools: Registration[]): Evidence[] =>
  tools.flatMap(tool =>
    tool.unreachable
      ? [{ ...place(tool), saw: `${tool.name ?? 'a tool'} is never registered: ${tool.unreachable}` }]
      : [],
  )

const described = (tool: Registration): Evidence => {
  const missing = [
    ...(tool.hasDescription === false ? ['no description'] : []),
    ...(tool.hasAnnotations === false ? ['no annotations'] : []),
  ]
  return { ...place(tool), saw: [`tool ${tool.name}`, ...missing].join(', ') }
}

/** The same name at two places that may or may not run together. */
const isOpenTwin = (tool: Registration, index: number, tools: Registration[]): boolean =>
  tools.slice(0, index).some(other => other.name === tool.name && serverKey(other) === serverKey(tool))

const listFaults = (tools: Tool[]): Evidence[] => {
  const names = tools.map(({ name }) => name)
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  return [
    ...[...new Set(twice)].map(name => ({
      at: 'tools/list',
      saw: `${name} stands there twice`,
      wanted: 'unique names',
    })),
    ...names
      .filter(name => !validName.test(name))
      .map(name => ({ at: 'tools/list', saw: `a tool named «${name}»`, wanted: '1 to 128 of A-Z a-z 0-9 _ . -' })),
  ]
}

const annotated = (tools: Tool[]): Evidence => {
  const count = tools.filter(({ annotations }) => Object.keys(annotations).length > 0).length
  return { at: 'annotations', saw: `${count} of ${tools.length} listed tools have some` }
}

const named = (names: string[]): string => names.slice(0, 8).join(', ')

/** What is listed and what is registered may differ by configuration: only agreement can be proved. */
const compared = (listed: Tool[], registered: Registration[]): Verdict => {
  const tools = registered.filter(({ kind, unreachable }) => kind === 'tool' && unreachable === null)
  const inSource = new Set(tools.flatMap(({ name }) => name ?? []))
  const live = new Set(listed.map(({ name }) => name))
  const computed = tools.filter(({ name }) => name === null).length
  const unseen = [...live].filter(name => !inSource.has(name))
  const always = tools.filter(({ name, group }) => name !== null && group !== null && !live.has(name))
  const sometimes = tools.filter(({ name, group }) => name !== null && group === null && !live.has(name))
  const names = (all: Registration[]): string => named([...new Set(all.flatMap(({ name }) => name ?? []))])
  if (unseen.length === live.size) return unknown('none of the listed tools was found in the source')
  if (unseen.length > 0) {
    const cause = computed > 0 ? `; ${computed} registrations make their names at run time` : ''
    return unknown(`listed, and not found in the source: ${named(unseen)}${cause}`)
  }
  if (always.length > 0) return unknown(`registered in the source, and not listed: ${names(always)}`)
  return pass(
    { at: 'tools/list', saw: `${live.size} tools, each registered in the source` },
    ...(sometimes.length > 0 ? [{ at: 'registered in a branch and not listed', saw: names(sometimes) }] : []),
  )
}

const item: Item = {
  id: 'tool-registration',
  area: 'protocol',
  rows: [149],
  title: 'Tools registered under valid, unique names',
  level: 'must',
  why: 'A tool that is registered twice, under an invalid name or in code that never runs is missing when a model needs it.',
  how: 'Register each tool once, under a name of A-Z a-z 0-9 _ . - with up to 128 characters, in code that the server runs.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/server/tools'],
  checks: [
    check({
      asks: 'Are the tools in the source registered once each, under valid names, in code that runs?',
      needs: { registrations },
      judge: ({ registrations }) => {
        const tools = registrations.filter(({ kind }) => kind === 'tool')
        const named = tools.filter(({ name }) => name !== null)
        const broken = [...invalid(tools), ...duplicates(named), ...unreachable(tools)]
        if (tools.length === 0) return unknown('no registration of a tool was found in the source')
        const computed = tools.length - named.length
        const open = named.find(isOpenTwin)
        if (broken.length === 0 && open)
          return unknown(`${open.name} is registered at several places; which of them run was not decided`)
        if (broken.length === 0 && named.length === 0)
          return unknown(`the names of all ${computed} registrations are made at run time`)
        const rest = { at: 'tools with a name made at run time', saw: String(computed) }
        return judged(broken, [...named.map(described), ...(computed > 0 ? [rest] : [])], 'not reached')
      },
    }),
    check({
      asks: 'Are the tools listed by the running server under valid, unique names?',
      needs: { lists },
      judge: ({ lists: { tools, capabilities } }) => {
        if (!('tools' in capabilities)) return notApplicable('the server does not declare the capability tools')
        const sound = { at: 'tools/list', saw: `${tools.length} tools under valid, unique names` }
        return judged(listFaults(tools), tools.length > 0 ? [sound, annotated(tools)] : [], 'no tool is listed')
      },
    }),
    check({
      asks: 'Are the tools in the source those that the running server lists?',
      needs: { lists, registrations },
      judge: ({ lists, registrations }) => {
        if (lists.tools.length === 0) return unknown('no tool is listed')
        return compared(lists.tools, registrations)
      },
    }),
  ],
}

export default item
