import { parse as parseYaml } from 'yaml'
import type { YamlDocument } from '../yaml-documents.ts'
import { scalar, tables } from './workload.ts'
import { isTable, table, type Table } from '../tables.ts'

/** An operation of a JSON patch (RFC 6902) that a kustomization has for a resource. */
export interface Patch {
  kind: string
  name: string
  path: string[]
  value: unknown
}

const parsed = (text: string): unknown => {
  try {
    return parseYaml(text)
  } catch {
    return null
  }
}

/** The JSON patches that stand in a kustomization itself; patches in files of their own are resources like others. */
export const patchesOf = ({ raw }: YamlDocument): Patch[] => {
  if (raw['kind'] !== 'Kustomization') return []
  return [...tables(raw['patches']), ...tables(raw['patchesJson6902'])].flatMap(entry => {
    const target = table(entry['target'])
    const operations = parsed(scalar(entry['patch']))
    return tables(operations)
      .filter(({ op }) => op === 'add' || op === 'replace')
      .map(({ path, value }) => ({
        kind: scalar(target['kind']),
        name: scalar(target['name']),
        path: scalar(path).split('/').slice(1),
        value,
      }))
  })
}

const isFor = ({ kind, name }: Patch, raw: Table): boolean =>
  (kind === '' || kind === raw['kind']) && (name === '' || name === scalar(table(raw['metadata'])['name']))

/** `/spec/template/...` into what is there; a path that leads nowhere changes nothing. */
const put = (root: Table, { path, value }: Patch): void => {
  if (path.some(key => /^(__proto__|constructor|prototype)$/.test(key))) return
  let here: unknown = root
  for (const key of path.slice(0, -1)) here = isTable(here) ? here[key] : Array.isArray(here) ? here[Number(key)] : null
  const last = path.at(-1) ?? ''
  if (isTable(here)) here[last] = value
  else if (Array.isArray(here)) here[last === '-' ? here.length : Math.min(Number(last) || 0, here.length)] = value
}

/** A resource with the JSON patches of the kustomizations that name it. */
export const applied = (document: YamlDocument, patches: Patch[]): YamlDocument => {
  const own = patches.filter(patch => isFor(patch, document.raw) && document.raw['kind'] !== 'Kustomization')
  // a resource without an image is a patch itself
  if (own.length === 0 || !JSON.stringify(document.raw).includes('"image":')) return document
  const raw = structuredClone(document.raw)
  for (const patch of own) put(raw, patch)
  return { ...document, raw }
}
