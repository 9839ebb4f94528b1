import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gitDirectory } from './git-place.ts'

const maxIndexBytes = 64 * 1024 * 1024

/** Paths in the index of the repository, read without git; null when there is none or it cannot be read. */
export const trackedFiles = (root: string): Set<string> | null => {
  const directory = gitDirectory(root)
  if (!directory) return null
  try {
    const file = join(directory.own, 'index')
    const { size } = lstatSync(file)
    return size > maxIndexBytes || !lstatSync(file).isFile() ? null : parseIndex(readFileSync(file))
  } catch {
    return null
  }
}

/** The format of gitformat-index(5), versions 2 to 4. */
export const parseIndex = (index: Buffer): Set<string> | null => {
  if (index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC') return null
  const version = index.readUInt32BE(4)
  const count = index.readUInt32BE(8)
  const paths = new Set<string>()
  let at = 12
  let previous = Buffer.alloc(0)
  for (let entry = 0; entry < count; entry++) {
    if (at + 62 > index.length) return null
    const start = at
    const isExtended = version >= 3 && (index.readUInt16BE(at + 60) & 0x4000) !== 0
    at += isExtended ? 64 : 62
    let kept = 0
    if (version === 4) {
      let byte = index[at++] ?? 0
      let dropped = byte & 0x7f
      while (byte & 0x80) {
        byte = index[at++] ?? 0
        dropped = ((dropped + 1) << 7) | (byte & 0x7f)
      }
      kept = Math.max(0, previous.length - dropped)
    }
    const end = index.indexOf(0, at)
    if (end < 0) return null
    previous = Buffer.concat([previous.subarray(0, kept), index.subarray(at, end)])
    paths.add(previous.toString('utf8'))
    at = version === 4 ? end + 1 : start + Math.ceil((end - start + 1) / 8) * 8
  }
  return paths
}
