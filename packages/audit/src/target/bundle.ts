import { createWriteStream, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Entry, ZipFile } from 'yauzl'
import { Refusal } from '../core/refusal.ts'
import type { Launch } from '../core/target.ts'
import { manifestCandidate, parseManifest } from './discover/bundle-manifest.ts'
import { readTextFile } from './json.ts'

const maxEntries = 20_000
const maxBytes = 500_000_000
const maxRatio = 200
/** Below this a high ratio harms nobody. */
const harmlessBytes = 20_000_000

export interface OpenedBundle {
  /** Where it was unpacked. */
  root: string
  launch: Launch
  /** What was taken from its manifest, in a sentence. */
  note: string
}

const packAgain = 'pack it again with "npx @anthropic-ai/mcpb pack", or name another bundle'
const distrust = 'do not install it; ask whoever published it'

/** `mcpb sign` appends a block; its older versions leave the archive's own length as it was. */
const withoutSignature = (bytes: Buffer): Buffer | null => {
  const start = bytes.lastIndexOf('MCPB_SIG_V1')
  return start > 0 && bytes.includes('MCPB_SIG_END', start) ? bytes.subarray(0, start) : null
}

const openZip = async (bytes: Buffer, file: string): Promise<ZipFile> => {
  const { fromBufferPromise } = await import('yauzl')
  const options = { lazyEntries: true, strictFileNames: true, validateEntrySizes: true }
  for (const content of [bytes, withoutSignature(bytes)]) {
    if (!content) continue
    try {
      return await fromBufferPromise(content, options)
    } catch {
      // tried again without the signature
    }
  }
  throw new Refusal(`${file} is not a zip archive, as an MCP bundle has to be`, packAgain)
}

const regularFile = 0o100000
const directory = 0o040000
const modeOf = (entry: Entry): number => entry.externalFileAttributes >>> 16

const isOrdinary = (entry: Entry): boolean => [0, regularFile, directory].includes(modeOf(entry) & 0o170000)

/** All entries, refused together when one is not what a bundle may hold. */
const entriesOf = async (zip: ZipFile, file: string, packedBytes: number): Promise<Entry[]> => {
  const tooMany = new Refusal(`${file} has more than ${maxEntries} entries`, 'leave out what the server does not need')
  if (zip.entryCount > maxEntries) throw tooMany
  const entries: Entry[] = []
  let total = 0
  for await (const entry of zip.eachEntry()) {
    if (entries.push(entry) > maxEntries) throw tooMany
    const name = JSON.stringify(entry.fileName.slice(0, 200))
    if (!isOrdinary(entry)) throw new Refusal(`${file} has the entry ${name}, which is a link or a device`, distrust)
    if (entry.isEncrypted()) throw new Refusal(`${file} has the entry ${name}, which is encrypted`, packAgain)
    total += entry.uncompressedSize
    if (total > maxBytes) throw new Refusal(`${file} holds more than 500 MB when it is unpacked`, distrust)
  }
  if (total > harmlessBytes && total > packedBytes * maxRatio)
    throw new Refusal(`${file} grows more than ${maxRatio} times when it is unpacked, as a zip bomb does`, distrust)
  return entries
}

const unpack = async (zip: ZipFile, entries: Entry[], root: string): Promise<void> => {
  for (const entry of entries) {
    const path = join(root, entry.fileName)
    mkdirSync(entry.fileName.endsWith('/') ? path : dirname(path), { recursive: true })
    if (entry.fileName.endsWith('/')) continue
    const mode = modeOf(entry) & 0o111 ? 0o755 : 0o644
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { flags: 'wx', mode }))
  }
}

const refuseArchive = (error: unknown, file: string): Refusal => {
  if (error instanceof Refusal) return error
  const message = error instanceof Error ? error.message : ''
  if (/relative path|absolute path|invalid characters/i.test(message))
    return new Refusal(`${file} has an entry that would be written outside of its own directory`, distrust)
  if (/EEXIST|ENOTDIR|EISDIR/.test(message)) return new Refusal(`${file} has two entries for the same path`, packAgain)
  return new Refusal(`${file} is damaged and cannot be unpacked`, packAgain)
}

/**
 * Unpacks the MCP bundle at `path`, which the user calls `file`, below `scratch` and tells how its own manifest starts it. Nothing of it is executed. Throws a
 * Refusal for what is no bundle or could do harm when unpacked.
 */
export const openBundle = async (path: string, file: string, scratch: string): Promise<OpenedBundle> => {
  const info = statSync(path, { throwIfNoEntry: false })
  if (!info?.isFile()) throw new Refusal(`there is no bundle ${file}`, 'name an existing .mcpb file')
  if (info.size > maxBytes)
    throw new Refusal(`${file} is larger than 500 MB`, 'leave out what the server does not need')
  const root = join(scratch, 'bundle')
  const empty = join(scratch, 'chosen-directory')
  mkdirSync(root)
  mkdirSync(empty)
  try {
    const zip = await openZip(readFileSync(path), file)
    await unpack(zip, await entriesOf(zip, file, info.size), root)
  } catch (error) {
    throw refuseArchive(error, file)
  }
  const inside = join(root, 'manifest.json')
  if (!existsSync(inside)) throw new Refusal(`${file} has no manifest.json at its root`, packAgain)
  const shown = `manifest.json of ${file}`
  const manifest = parseManifest(readTextFile(inside, shown), shown)
  const origin = `mcp_config of ${shown}`
  const { launch, why, obstacle } = manifestCandidate(manifest, root, origin, empty)
  if (obstacle)
    throw new Refusal(
      `${file} cannot be started: ${obstacle.saw}`,
      `${obstacle.hint}, or unpack it and name the command: airworthy check -- COMMAND`,
    )
  return { root, launch, note: `took ${origin} (${why})` }
}
