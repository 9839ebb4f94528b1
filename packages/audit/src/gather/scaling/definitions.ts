import { isObject, type Reply } from '../../target/connection.ts'

const kinds = ['tools', 'prompts', 'resources', 'resourceTemplates'] as const

/** The names on a list, in an order of their own, as one text; null for what is no list. */
export const listed = (reply: Reply): string | null => {
  if (reply.kind !== 'result') return null
  const { result } = reply
  const kind = kinds.find(one => Array.isArray(result[one]))
  if (!kind) return null
  const names = (result[kind] as unknown[]).map(entry => {
    const { name, uri, uriTemplate } = isObject(entry) ? entry : {}
    return String(kind === 'resources' ? uri : kind === 'resourceTemplates' ? uriTemplate : name)
  })
  return `${kind} ${names.toSorted().join(', ')}`
}
