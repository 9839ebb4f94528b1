import { statSync, type Stats } from 'node:fs'
import { resolve } from 'node:path'
import { Refusal } from '../core/refusal.ts'
import { parseServerUrl } from './url.ts'

/** What the user said about the target, as it stood on the command line. */
export interface TargetWords {
  directory?: string
  /** Folder of the package to judge in it, from its root. */
  package?: string
  command?: string[]
  url?: string
  start?: boolean
  bundle?: string
  clientConfig?: string
  /** `Name: value` */
  headers?: string[]
  /** `NAME=value` */
  env?: string[]
  settingsFile?: string
  /** A file with what the forge says about the repository. */
  forgeFacts?: string
  /** The current directory unless told. */
  cwd?: string
}

/** Whether a header can carry it: one line of Latin-1 without control characters. */
// oxlint-disable-next-line no-control-regex -- these are what must not be there
export const isHeaderValue = (value: string): boolean => /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)

/** `Name: value` of each; the value is never quoted back. */
export const parseHeaders = (words: string[] = []): Record<string, string> =>
  Object.fromEntries(
    words.map((word, index) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n\0]*)$/.exec(word) ?? []
      if (name === undefined || value === undefined)
        throw new Refusal(
          `header number ${index + 1} is not of the form Name: value`,
          'write it as --header "Name: value"',
        )
      if (isHeaderValue(value)) return [name, value.trim()]
      throw new Refusal(
        `the value of the header ${name} has a character that no header can carry`,
        'write it with the characters of Latin-1 alone, on one line',
      )
    }),
  )

/** `NAME=value` of each; the value is never quoted back. */
export const parseEnv = (words: string[] = []): Record<string, string> =>
  Object.fromEntries(
    words.map((word, index) => {
      const [, name, value] = /^([^=\0]+)=([^\0]*)$/s.exec(word) ?? []
      if (name !== undefined && value !== undefined) return [name, value]
      throw new Refusal(`variable number ${index + 1} is not of the form NAME=value`, 'write it as --env NAME=value')
    }),
  )

/** Refuses words that name two servers or none. */
export const checkWords = ({ command, url, start, bundle, clientConfig, directory }: TargetWords): void => {
  const given = [
    ...(start ? ['--start'] : []),
    ...(command ? ['-- COMMAND'] : []),
    ...(bundle === undefined ? [] : ['--bundle']),
    ...(clientConfig === undefined ? [] : ['--client-config']),
    ...(url !== undefined && !start && !command ? ['--url'] : []),
  ]
  if (given.length > 1 || (url !== undefined && (bundle !== undefined || clientConfig !== undefined)))
    throw new Refusal(`${given.join(' and ')} each name a server of their own`, 'give one of them')
  if (command?.length === 0)
    throw new Refusal('nothing follows the --', 'write the command that starts the server: -- node server.js')
  if (clientConfig !== undefined && directory !== undefined)
    throw new Refusal(
      'a client configuration names its own servers and goes with no directory',
      'leave the directory out',
    )
  if (url === undefined) return
  if (!parseServerUrl(url))
    throw new Refusal('the URL is not an http or https URL', 'write it as --url http://127.0.0.1:3000/mcp')
  if (url.includes('{port}') && !command && !start)
    throw new Refusal(
      'the URL has {port}, and nothing is started that could listen there',
      'add --start or -- COMMAND, or write the port',
    )
}

const existing = (path: string, word: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    throw new Refusal(`the directory ${word} cannot be read`, 'name a directory that you may read')
  }
}

/** The absolute path of an existing directory. */
export const existingDirectory = (word: string, cwd: string): string => {
  const path = resolve(cwd, word)
  const info = existing(path, word)
  if (info?.isDirectory()) return path
  if (/^https?:\/\//.test(word)) throw new Refusal('a URL is no directory', 'name a running server with --url URL')
  if (!info) throw new Refusal(`no such directory: ${word}`, 'name the directory that has the source of the server')
  const meant = /\.(mcpb|dxt)$/.test(word)
    ? `--bundle ${word}`
    : word.endsWith('.json')
      ? `--client-config ${word}`
      : null
  throw new Refusal(`${word} is not a directory`, meant ? `did you mean ${meant}?` : 'name the directory it is in')
}
