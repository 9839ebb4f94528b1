import type { Json } from '../target/connection.ts'

const magic: [RegExp, RegExp][] = [
  [/^image\/png/, /^89504e47/],
  [/^image\/jpe?g/, /^ffd8ff/],
  [/^image\/gif/, /^47494638/],
  [/^image\/webp/, /^52494646/],
  [/^application\/pdf/, /^25504446/],
  [/^application\/(zip|vnd\.openxmlformats)/, /^504b/],
  [/^application\/gzip|^application\/x-gzip/, /^1f8b/],
]

const isJson = (words: string): boolean => {
  try {
    JSON.parse(words)
    return true
  } catch {
    return false
  }
}

/** How the content of a resource contradicts its MIME type; null when it does not. */
export const contradictionIn = (content: Json, type: string): string | null => {
  const { blob } = content
  const words = typeof content['text'] === 'string' ? content['text'] : null
  if (words === null && typeof blob !== 'string') return 'neither text nor blob'
  const essence = type.split(';')[0]?.trim().toLowerCase() ?? ''
  if (words !== null) {
    if (/^application\/json$|\+json$/.test(essence) && !isJson(words)) return `${essence}, but no JSON`
    return /^(image\/(?!svg)|audio\/|video\/)/.test(essence) ? `${essence}, but sent as text` : null
  }
  const bytes = Buffer.from(blob as string, 'base64')
  const expected = magic.find(([pattern]) => pattern.test(essence))?.[1]
  if (expected && !expected.test(bytes.subarray(0, 16).toString('hex'))) return `${essence}, but other bytes`
  return essence.startsWith('text/') && bytes.includes(0) ? `${essence}, but binary` : null
}
