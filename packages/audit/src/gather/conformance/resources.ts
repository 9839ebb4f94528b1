import type { Ask } from './asking.ts'
import type { Json } from './observation.ts'

const missing = 'airworthy://no-such-resource'

/** A resource that cannot exist, and the first that is listed. */
export const resourceAsks = (capabilities: Json, resources: Json[]): Ask[] => {
  if (!('resources' in capabilities)) return []
  const uri = resources[0]?.['uri']
  return [
    { probe: 'missing-resource', method: 'resources/read', params: { uri: missing }, with: missing },
    ...(typeof uri === 'string'
      ? [{ probe: 'read' as const, method: 'resources/read', params: { uri }, with: uri.slice(0, 100) }]
      : []),
  ]
}
