import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

const endings = process.platform === 'win32' ? ['', ...(process.env['PATHEXT'] ?? '.EXE;.CMD').split(';')] : ['']

/** Where a command is found the way the system looks for it; null when it is not. */
export const findExecutable = (command: string, cwd: string, path = process.env['PATH'] ?? ''): string | null => {
  const places = /[/\\]/.test(command)
    ? [resolve(cwd, command)]
    : path.split(delimiter).map(place => join(resolve(cwd, place || '.'), command))
  return places.flatMap(place => endings.map(ending => place + ending)).find(isExecutable) ?? null
}
