import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Writes files below a fresh directory; a path that ends with `!` becomes executable. */
export const plant = (files: Record<string, string | Buffer | object>): { root: string; remove: () => void } => {
  const root = mkdtempSync(join(tmpdir(), 'airworthy-planted-'))
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name.replace(/!$/, ''))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
    if (name.endsWith('!')) chmodSync(path, 0o755)
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}
