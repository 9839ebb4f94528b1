import { nameOf, type Module, type Value } from './values.ts'

const isScript = (text: string): boolean => /\.[cm]?[jt]s$/.test(text)

const isHere = (value: Value | undefined): boolean =>
  (value?.is === 'name' && value.name === '__dirname') || (value?.is === 'member' && value.name === 'dirname')

/**
 * Files beside a module that it names to start them as processes or workers: `join(import.meta.dirname, 'daemon.js')`,
 * `new URL('./worker.js', import.meta.url)`; as an import would name them.
 */
export const spawnedBy = (module: Module): string[] =>
  module.language === 'python'
    ? []
    : module.calls.flatMap(call => {
        const [first, ...others] = call.arguments
        if (
          nameOf(call.callee) === 'URL' &&
          first?.is === 'text' &&
          /^\.{1,2}\//.test(first.text) &&
          isScript(first.text)
        )
          return [first.text]
        if (!/^(join|resolve)$/.test(nameOf(call.callee)) || !isHere(first)) return []
        const parts = others.flatMap(part => (part.is === 'text' ? [part.text] : []))
        const path = parts.join('/')
        return parts.length === others.length && isScript(path) ? [path.startsWith('.') ? path : `./${path}`] : []
      })
