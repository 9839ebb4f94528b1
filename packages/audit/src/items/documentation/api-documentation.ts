import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { apiDocuments, openReference, type ApiDocuments } from '../../gather/api-documents.ts'
import { apiEntries, type ApiEntry } from '../../gather/api-entries.ts'
import { lists, type Lists } from '../../gather/lists.ts'
import { project } from '../../gather/project.ts'
import { isPublished, published } from '../../gather/published.ts'

const said = ({ kind, name }: ApiEntry): string => `${kind} ${name}`

/** What of the interface the documents leave out; what is only offered in some configuration may be left out. */
const undocumented = (entries: ApiEntry[], documents: ApiDocuments): Evidence[] => {
  const find = openReference(documents, entries)
  return entries
    .filter(({ always }) => always)
    .flatMap((entry): Evidence[] => {
      const found = find(entry)
      const place = { at: entry.at, ...(entry.line === undefined ? {} : { line: entry.line }) }
      // the address of a resource that is made at run time may well be what the documents name
      if (!found && entry.kind === 'resource' && entry.address === null) return []
      if (!found)
        return [{ ...place, saw: `${said(entry)} is not documented`, wanted: 'what it does and what it takes' }]
      const saw = `${said(entry)} is documented without ${found.missing.join(', ')}`
      return found.missing.length > 0
        ? [{ at: found.path, line: found.line, saw, wanted: 'each of its parameters' }]
        : []
    })
}

const vanished = (entries: ApiEntry[], { named }: ApiDocuments): Evidence[] =>
  named
    .filter(({ name }) => !entries.some(each => each.name === name || each.name.endsWith(name)))
    .map(({ name, path, line }) => ({
      at: path,
      line,
      saw: `the tool ${name}, which the server does not offer`,
      wanted: 'only what exists',
    }))

const documented = (entries: ApiEntry[], documents: ApiDocuments): Evidence[] => {
  const find = openReference(documents, entries)
  const open = entries.filter(({ parameters }) => parameters === null).map(({ name }) => name)
  const proven = entries.flatMap(entry => {
    const found = find(entry)
    const takes = entry.parameters?.length ? `, takes ${entry.parameters.join(', ')}` : ''
    return found ? [{ at: found.path, line: found.line, saw: `${said(entry)}${takes}` }] : []
  })
  const rest = { at: 'parameters that cannot be told from the source', saw: open.slice(0, 12).join(', ') }
  return [...proven.slice(0, 12), ...(open.length > 0 && proven.length > 0 ? [rest] : [])]
}

const verdictOf = (entries: ApiEntry[], isComplete: boolean, documents: ApiDocuments): Verdict => {
  const broken = [...undocumented(entries, documents), ...(isComplete ? vanished(entries, documents) : [])]
  const isLacking = broken.length > entries.length / 2
  if (isLacking && documents.elsewhere)
    return unknown(`the documents point to ${documents.elsewhere}, which is not asked`)
  return judged(broken, documented(entries, documents), 'nothing of what it offers was found in the documents')
}

const names = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const liveEntries = ({ tools, prompts, resources, resourceTemplates }: Lists): ApiEntry[] => [
  ...tools.map(({ name, inputSchema }): ApiEntry => ({
    kind: 'tool',
    name,
    parameters: names(inputSchema['properties']),
    address: null,
    at: 'tools/list',
    always: true,
  })),
  ...prompts.map((prompt): ApiEntry => {
    const given = Array.isArray(prompt['arguments']) ? prompt['arguments'] : []
    const parameters = given.map((each: unknown) => text((each as { name?: unknown } | null)?.name)).filter(Boolean)
    return { kind: 'prompt', name: text(prompt['name']), parameters, address: null, at: 'prompts/list', always: true }
  }),
  ...[...resources.slice(0, 20), ...resourceTemplates].map((resource): ApiEntry => {
    const address = text(resource['uri'] ?? resource['uriTemplate']).split('{', 1)[0] ?? ''
    const root = /^[\w+.-]+:\/\//.exec(address)?.[0] ?? address
    return {
      kind: 'resource',
      name: text(resource['name']),
      parameters: [],
      address: root,
      at: 'resources',
      always: true,
    }
  }),
]

const item: Item = {
  id: 'api-documentation',
  area: 'documentation',
  rows: [66],
  title: 'Every tool, prompt and resource documented',
  level: 'must',
  why: 'People decide from the documents what they let an assistant do; a tool that is not in there is approved without being understood.',
  how: 'List each tool with its parameters and what it answers, each prompt and each resource, in the README or docs/tools.md, and remove what does not exist any more.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/server/tools', 'https://diataxis.fr/reference/'],
  checks: [
    check({
      asks: 'Do the documents explain what the source registers, with its parameters, and nothing else?',
      needs: { apiEntries, apiDocuments, project, published },
      judge: ({ apiEntries: { entries, computed }, apiDocuments, project: { scope }, published }) => {
        if (scope.others.length > 0)
          return unknown(`${scope.because}: check one of ${scope.others.slice(0, 6).join(', ')}`)
        if (entries.length === 0)
          return unknown(
            computed > 0
              ? 'the names of all tools are made at run time'
              : 'no registration of a tool was found in the source',
          )
        const verdict = verdictOf(entries, computed === 0, apiDocuments)
        return verdict.status === 'fail' &&
          isPublished(published) &&
          !apiDocuments.paths.some(path => path.startsWith('docs'))
          ? unknown(
              `this is ${published.what}; documents beside its README are not part of it, and the README lacks some`,
            )
          : verdict
      },
    }),
    check({
      asks: 'Do the documents explain what the running server lists, with its parameters, and nothing else?',
      needs: { lists, apiDocuments },
      judge: ({ lists, apiDocuments }) => {
        const entries = liveEntries(lists).filter(({ name }) => name !== '')
        if (entries.length === 0) return notApplicable('the server lists no tools, prompts or resources')
        if (apiDocuments.paths.length === 0) return unknown('there are no documents beside the running server')
        return verdictOf(entries, true, apiDocuments)
      },
    }),
  ],
}

export default item
