import { table } from '../tables.ts'

/** `defaults` of a formatter that writes nearly what Prettier writes. */
export interface NearPrettier {
  options: Record<string, unknown>
  /** Patterns of files it looks at; `!` takes out. */
  includes: string[]
  ignores: string[]
  isOff: boolean
  /** False where it goes on what another file sets, which is not read. */
  isWhole: boolean
  doubt: string
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : []

const trailingComma = (value: unknown): string => (value === 'es5' || value === 'none' ? value : 'all')

/** What biome.json sets, in terms of Prettier. */
export const biomeSettings = (raw: unknown): NearPrettier => {
  const root = table(raw)
  const formatter = table(root['formatter'])
  const script = { ...formatter, ...table(table(root['javascript'])['formatter']) }
  const files = table(root['files'])
  const style = script['quoteStyle'] === 'single'
  return {
    options: {
      useTabs: (script['indentStyle'] ?? 'tab') === 'tab',
      tabWidth: Number(script['indentWidth'] ?? script['indentSize'] ?? 2),
      printWidth: Number(script['lineWidth'] ?? 80),
      singleQuote: style,
      jsxSingleQuote: script['jsxQuoteStyle'] === 'single',
      quoteProps: script['quoteProperties'] === 'preserve' ? 'preserve' : 'as-needed',
      trailingComma: trailingComma(script['trailingCommas'] ?? script['trailingComma']),
      semi: script['semicolons'] !== 'asNeeded',
      arrowParens: script['arrowParentheses'] === 'asNeeded' ? 'avoid' : 'always',
      bracketSpacing: script['bracketSpacing'] !== false,
      bracketSameLine: script['bracketSameLine'] === true,
    },
    includes: [...strings(files['includes']), ...strings(formatter['includes'])],
    ignores: [...strings(files['ignore']), ...strings(formatter['ignore'])],
    isOff: formatter['enabled'] === false || script['enabled'] === false,
    isWhole: root['extends'] === undefined,
    doubt: 'the project uses Biome; Prettier with its options writes nearly the same',
  }
}
