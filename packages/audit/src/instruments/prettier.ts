import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Undecided } from '../core/item.ts'

export interface Prettier {
  version: string
  /** The text as Prettier writes it; null when it does not parse. */
  format(path: string, text: string, options: Record<string, unknown>): Promise<string | null>
}

const parserOf = (path: string): string => (/\.([mc]?ts|tsx)$/.test(path) ? 'typescript' : 'babel')

const load = async () => {
  const [{ format }, ...plugins] = await Promise.all([
    import('prettier/standalone'),
    import('prettier/plugins/typescript'),
    import('prettier/plugins/babel'),
    import('prettier/plugins/estree'),
  ])
  return { format, plugins }
}

let loaded: ReturnType<typeof load> | undefined

/** Prettier inside this process: it reads no file, no configuration and no plugin of the target. */
export const openPrettier = (): Prettier => {
  const manifest = createRequire(import.meta.url).resolve('prettier/package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return {
    version,
    format: async (path, text, options) => {
      const { format, plugins } = await (loaded ??= load())
      try {
        return await format(text, {
          ...options,
          filepath: path,
          parser: parserOf(path),
          plugins,
          endOfLine: 'auto',
          embeddedLanguageFormatting: 'off',
        })
      } catch (error) {
        if (error instanceof Error && error.name === 'SyntaxError') return null
        throw new Undecided(`Prettier broke down on ${path}: ${String(error).slice(0, 100)}`)
      }
    },
  }
}
