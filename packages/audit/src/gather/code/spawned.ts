import type { Call, Module, Value } from './values.ts'

const isScript = (text: string): boolean => /\.[cm]?[jt]s$/.test(text)

const isHere = (value: Value | undefined): boolean =>
  (value?.is === 'name' && value.name === '__dirname') || (value?.is === 'member' && value.name === 'dirname')

const named = ({ callee }: Call): string => (callee.is === 'name' || callee.is === 'member' ? callee.name : '')

/**
 * Files beside a module that it names to start them as processes or workers: `join(import.meta.dirname, 'daemon.js')`,
 * `new URL('./worker.js', import.meta.url)`; as an import would name them.
 */
export const spawnedBy = (module: Module): string[] =>
  module.language === 'python'
    ? []
    : module.calls.flatMap(call => {
        const [first, ...others] = call.arguments
        if (named(call) === 'URL' && first?.is === 'text' && /^\.{1,2}\//.test(first.text) && isScript(first.text))
          return [first.text]
        if (!/^(join|resolve)$/.test(named(call)) || !isHere(first)) return []
        const parts = others.flatMap(part => (part.is === 'text' ? [part.text] : []))
        const path = parts.join('/')
        return parts.length === others.length && isScript(path) ? [path.startsWith('.') ? path : `./${path}`] : []
      })
