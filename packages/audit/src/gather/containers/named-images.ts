import { gatherer } from '../../core/item.ts'
import { documents, type Block } from '../documents.ts'
import { manifests } from '../manifests.ts'
import { project, type Project } from '../project.ts'
import { shellCommands } from '../shell.ts'
import { dockerRun } from './docker-run.ts'
import { imageName } from './workloads.ts'

/** An image of this server that users are told about. */
export interface NamedImage {
  /** Without tag and digest. */
  image: string
  path: string
  line: number
}

const bare = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '')

const registry =
  /\b((?:ghcr|quay|docker|public\.ecr|registry\.\w+|\w+\.gcr|gcr|mcr\.microsoft)\.(?:io|aws|com)\/[\w.-]+\/[\w.-]+(?:\/[\w.-]+)?)/gi
const hub = /hub\.docker\.com\/r\/([\w.-]+\/[\w.-]+)/gi

/** `docker run IMAGE`, `docker pull IMAGE` and the arguments of a client's entry. */
const fromCommands = (block: Block): string[] => {
  if (block.kind !== 'code') return []
  if (/^(json|jsonc|json5|yaml|yml|toml)$/.test(block.language) || /^\s*[{[]/.test(block.text)) {
    // an image of a Compose file or a manifest
    const images = [...block.text.matchAll(/^\s*(?:-\s+)?image:\s*["']?([\w./-]+)/gm)].map(([, image = '']) => image)
    if (images.length > 0) return images
    const list = /"args"\s*:\s*\[([^\]]{0,4000})\]/.exec(block.text)?.[1] ?? ''
    const words = [...list.matchAll(/"((?:[^"\\]|\\.){0,500})"/g)].map(([, word = '']) => word)
    return words[0] === 'run' ? [dockerRun(['docker', ...words])?.image ?? ''] : []
  }
  return shellCommands(block.text.replaceAll(/^\s*\$ /gm, '')).flatMap(({ words }) => {
    const run = dockerRun(words)
    if (run) return [run.image]
    const [program = '', verb, ...rest] = words
    return /^(docker|podman)$/.test(program) && verb === 'pull' ? rest.filter(word => !word.startsWith('-')) : []
  })
}

const ownParts = ({ node, python }: Project): string[] =>
  [...node, ...python]
    .flatMap(({ name }) => (name ?? '').toLowerCase().split(/[^a-z0-9]+/))
    .filter(part => part.length > 2 && !/^(mcp|server)$/.test(part))

/** The images that documents and the registry's manifest name, those called like this server first. */
export const namedImages = gatherer<
  NamedImage[],
  { documents: typeof documents; manifests: typeof manifests; project: typeof project }
>({
  id: 'named-images',
  impact: 'read',
  from: 'repository',
  needs: { documents, manifests, project },
  gather: (_, { documents, manifests, project }) => {
    const found: NamedImage[] = documents.flatMap(({ path, sections }) =>
      sections.flatMap(({ blocks }) =>
        blocks.flatMap(block => {
          const texts = [...block.text.matchAll(registry), ...block.text.matchAll(hub)].map(([, image = '']) => image)
          // a name without a slash is one that the reader gave to an image of their own
          const run = fromCommands(block).filter(image => image.includes('/') && !/[$<{]/.test(image))
          return [...texts, ...run].map(image => ({ image: bare(image), path, line: block.line }))
        }),
      ),
    )
    for (const { path, raw, lineOf } of manifests.found.filter(({ kind }) => kind === 'registry'))
      for (const entry of Array.isArray(raw['packages']) ? (raw['packages'] as Record<string, unknown>[]) : [])
        if (entry['registryType'] === 'oci' && typeof entry['identifier'] === 'string')
          found.push({ image: bare(entry['identifier']), path, line: lineOf('identifier') })
    const parts = ownParts(project)
    const isOwn = ({ image }: NamedImage): boolean => parts.some(part => image.toLowerCase().includes(part))
    const own = found.filter(isOwn)
    return own.length > 0 || parts.length > 0 ? own : found.filter(({ image }) => imageName(image) !== '')
  },
})
