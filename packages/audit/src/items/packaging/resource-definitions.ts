import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, type Evidence } from '../../core/verdict.ts'
import { resourceReads, type ResourceRead, type ResourceReads } from '../../gather/resource-reads.ts'

const mostShown = 10

const unread = ({ uri, outcome, saw, contradiction }: ResourceRead): Evidence[] => {
  if (outcome !== 'read') return [{ at: `resources/read ${uri}`, saw, wanted: 'its contents, since it is listed' }]
  return contradiction
    ? [{ at: `resources/read ${uri}`, saw: contradiction, wanted: 'content of the type that it declares' }]
    : []
}

const nameless = ({ resources, templates }: ResourceReads): Evidence[] => [
  ...resources
    .filter(({ name }) => name === '')
    .map(({ uri }) => ({ at: `resource ${uri}`, saw: 'no name', wanted: 'a name' })),
  ...templates
    .filter(({ name, template }) => name === '' || template === '')
    .map(({ name, template }) => ({
      at: `resource template ${template || name}`,
      saw: template === '' ? 'no uriTemplate' : 'no name',
      wanted: 'a name and a uriTemplate',
    })),
]

/** Long lists of files need no words each; a server that describes nothing leaves its reader alone. */
const undescribed = ({ resources, templates }: ResourceReads): Evidence[] => {
  const all = [...resources, ...templates]
  return all.length > 0 && all.every(({ described }) => !described)
    ? [{ at: 'resources/list', saw: `none of ${all.length} has a description or title`, wanted: 'what each holds' }]
    : []
}

const unreadTemplates = ({ templates }: ResourceReads): Evidence[] =>
  templates.flatMap(({ read }) => {
    if (!read) return []
    if (read.outcome === 'read' || read.known) return unread(read)
    return []
  })

const proven = ({ resources, templates, listed }: ResourceReads): Evidence[] => {
  const read = resources.filter(({ outcome }) => outcome === 'read')
  const types = [...new Set(read.map(({ readType, listedType }) => readType || listedType || 'no type'))]
  const readTemplates = templates.filter(one => one.read?.outcome === 'read')
  if (read.length + readTemplates.length === 0) return []
  const words = (described: boolean[]): string => `${described.filter(Boolean).length} of ${described.length} described`
  const open = templates.filter(one => one.read?.outcome !== 'read').map(({ template }) => template)
  return [
    {
      at: `${listed} resources`,
      saw: `${read.length} read (${types.join(', ')}); ${words(resources.map(({ described }) => described))}`,
    },
    {
      at: `${templates.length} resource templates`,
      saw: `${readTemplates.length} read; ${words(templates.map(({ described }) => described))}`,
    },
    ...(open.length > 0 ? [{ at: 'templates without a known value', saw: open.slice(0, 5).join(', ') }] : []),
  ]
}

const item: Item = {
  id: 'resource-definitions',
  area: 'packaging',
  rows: [109],
  title: 'Resources that are what they say',
  level: 'should',
  why: 'A listed resource that cannot be read, or is of another type, breaks the client that offers it to people.',
  how: 'List only what can be read, declare the real MIME type, and give each resource and template a name and a description.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/server/resources'],
  applies: { capability: 'resources' },
  checks: [
    check({
      asks: 'Can each listed resource and template be read, as the type that it declares?',
      needs: { resourceReads },
      judge: ({ resourceReads }) => {
        const { resources, templates } = resourceReads
        if (resources.length + templates.length === 0)
          return notApplicable('the server lists no resource and no template')
        const broken = [
          ...resources.flatMap(unread),
          ...unreadTemplates(resourceReads),
          ...nameless(resourceReads),
          ...undescribed(resourceReads),
        ]
        const otherwise = 'no resource is listed, and no value for its templates is known'
        return judged(broken.slice(0, mostShown), proven(resourceReads), otherwise)
      },
    }),
  ],
}

export default item
