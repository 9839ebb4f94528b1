import { randomUUID } from 'node:crypto'
import { accessSync, constants, lstatSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Refusal } from '../core/refusal.ts'

const kindOf = (path: string): 'file' | 'directory' | 'other' | null => {
  try {
    const found = statSync(path)
    if (found.isDirectory()) return 'directory'
    return found.isFile() ? 'file' : 'other'
  } catch {
    return null
  }
}

const isLink = (path: string): boolean => {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}

/**
 * Looks before the audit whether the file can be written after it.
 * @throws Refusal when it cannot.
 */
export const mustBeWritable = (file: string): void => {
  const folder = dirname(resolve(file))
  if (kindOf(folder) !== 'directory')
    throw new Refusal(`the folder of --output does not exist: ${folder}`, `make it first: mkdir -p ${folder}`)
  if (kindOf(file) === 'directory')
    throw new Refusal(`--output is a directory: ${file}`, `name a file in it, such as ${join(file, 'report.json')}`)
  // A device or pipe is written as it is; a file is replaced, which takes place in its folder.
  const written = kindOf(file) === 'other' ? file : isLink(file) && kindOf(file) ? dirname(realpathSync(file)) : folder
  try {
    accessSync(written, constants.W_OK)
  } catch {
    throw new Refusal(`--output may not be written: ${written}`, 'name a file in a folder that you may write')
  }
}

/** Writes a file so that it is there whole or not at all. */
export const writeWhole = (file: string, text: string): void => {
  if (kindOf(file) === 'other') return writeFileSync(file, text)
  const place = isLink(file) && kindOf(file) ? realpathSync(file) : resolve(file)
  const draft = join(dirname(place), `.${basename(place)}.${randomUUID()}`)
  try {
    writeFileSync(draft, text, { flag: 'wx' })
    renameSync(draft, place)
  } catch (error) {
    rmSync(draft, { force: true })
    const because = error instanceof Error ? error.message : String(error)
    throw new Refusal(`the report could not be written: ${because}`, 'name a file with --output that may be written')
  }
}
