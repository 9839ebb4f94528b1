import { roleOf } from '../roles.ts'
import { secretsIn, type Secret, type Setting } from './scan.ts'

const environmentFile = /(^|\/)\.env(\.[^/]*)?$/
const environmentTemplate = /\.(example|sample|template|dist|defaults?|schema|test|ci)\b|(^|\/)example/i
/** Nothing is written by hand in these. */
export const generated =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock|[^/]*\.lock|go\.sum)$|\.(svg|map|min\.js|min\.css|snap|csv|tsv|ipynb|pdf|woff2?|ttf|po|pot)$|(^|\/)(node_modules|vendor|third_party)\//i
const document = /\.(md|mdx|rst|txt|adoc|html?)$|(^|\/)(CHANGELOG|README)/i
const settingsFile =
  /\.(json|ya?ml|toml|ini|cfg|conf|properties|xml|sh|bash|tf)$|(^|\/)(Dockerfile|\.npmrc|\.pypirc|\.netrc)[^/]*$/i

/** How a secret has to look in a file, by its path. */
export const settingOf = (path: string): Setting => {
  if (environmentTemplate.test(path) || roleOf(path) !== 'server' || document.test(path)) return 'other'
  return settingsFile.test(path) || environmentFile.test(path) ? 'settings' : 'server'
}

/** A .env file with values, no template of one. */
export const isEnvironment = (path: string): boolean => environmentFile.test(path) && !environmentTemplate.test(path)

/** The secrets in a file, by what its path says of it. */
export const scan = (path: string, text: string): Secret[] => secretsIn(text, settingOf(path), isEnvironment(path))
