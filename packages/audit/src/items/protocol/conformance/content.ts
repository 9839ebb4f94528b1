import { isObject, type Json, type Observation, type Observed } from '../../../gather/conformance/observation.ts'
import { evidenceOf, type Findings } from './requirement.ts'

const isText = (value: unknown): boolean => typeof value === 'string'

/** The members each type of content has to have. */
const members: Record<string, (content: Json) => boolean> = {
  text: ({ text }) => isText(text),
  image: ({ data, mimeType }) => isText(data) && isText(mimeType),
  audio: ({ data, mimeType }) => isText(data) && isText(mimeType),
  resource: ({ resource }) =>
    isObject(resource) && isText(resource['uri']) && (isText(resource['text']) || isText(resource['blob'])),
  resource_link: ({ uri, name }) => isText(uri) && isText(name),
}

const faultOf = (content: unknown): string | null => {
  if (!isObject(content)) return `content that is no object: ${JSON.stringify(content)?.slice(0, 60)}`
  const type = String(content['type'])
  const complete = Object.hasOwn(members, type) ? members[type] : undefined
  if (!complete) return `content of the type «${type.slice(0, 40)}»`
  return complete(content) ? null : `content of the type «${type}» without its members`
}

const faultsIn = ({ reply }: Observation): string[] => {
  if (reply.kind !== 'result' || (reply.result['resultType'] ?? 'complete') !== 'complete') return []
  const { content } = reply.result
  if (!Array.isArray(content)) return content === undefined ? [] : ['content that is no array']
  return content.flatMap(one => faultOf(one) ?? [])
}

/** Whether results of tools are what the specification calls content. */
export const contentTypes = ({ seen }: Observed): Findings => {
  const calls = seen.filter(({ probe, reply }) => probe === 'call' && reply.kind === 'result')
  const off = calls.map(one => ({ one, faults: faultsIn(one) })).filter(({ faults }) => faults.length > 0)
  return {
    broken: off.map(({ one, faults }) => ({
      at: one.at,
      saw: [...new Set(faults)].slice(0, 3).join('; '),
      wanted: 'text, image, audio, resource or resource_link, with the members of each',
    })),
    met: calls.map(one => evidenceOf(one)),
    also: [],
  }
}
