import { field, type Node as PythonNode } from './code/python-tree.ts'
import type { Placed as PythonPlaced } from './code/python-walks.ts'
import type { Placed } from './code/typescript-walks.ts'

/** What the source takes a setting for. */
export type SettingKind = 'number' | 'url'

const near = 6

/** `Number(process.env.PORT ?? 3000)`, `+process.env.PORT`, `new URL(process.env.API)`. */
export const kindInTypeScript = (place: Placed, nameOf: (node: Placed['node']) => string): SettingKind | undefined => {
  let inner = place.node
  for (let around = place.outer, steps = 0; around && steps < near; around = around.outer, steps++) {
    const { node } = around
    const passes = /^(LogicalExpression|TSNonNullExpression|TSAsExpression)$/.test(node.type)
    if (!passes && node.type === 'UnaryExpression') return node.operator === '+' ? 'number' : undefined
    if (!passes) {
      const isNew = node.type === 'NewExpression'
      const isCalled = isNew || node.type === 'CallExpression' || node.type === 'OptionalCallExpression'
      if (!isCalled || node.arguments[0] !== inner) return undefined
      const callee = nameOf(node.callee)
      if (isNew) return callee === 'URL' ? 'url' : undefined
      return /^((Number|globalThis)\.)?(Number|parseInt|parseFloat)$/.test(callee) ? 'number' : undefined
    }
    inner = node
  }
  return undefined
}

/** A field of a schema of zod, envalid and their like. */
export const kindOfField = (source: string): SettingKind | undefined => {
  if (/\bcoerce\s*\.\s*number\s*\(|\.transform\(\s*(Number|parseInt|parseFloat)\b|^(num|port)\(/.test(source))
    return 'number'
  return /\.(url|httpUrl)\(|^url\(/.test(source) ? 'url' : undefined
}

/** `int(os.environ.get("PORT", "3000"))`, `float(os.getenv("LIMIT") or 5)`. */
export const kindInPython = (
  { outer }: PythonPlaced,
  textOf: (node: PythonNode | undefined) => string,
): SettingKind | undefined => {
  for (let place = outer, steps = 0; place && steps < near; place = place.outer, steps++) {
    const { node } = place
    if (node.kind === 'call') return /^(int|float)$/.test(textOf(field(node, 'function'))) ? 'number' : undefined
    if (!/^(argument_list|parenthesized_expression|boolean_operator)$/.test(node.kind)) return undefined
  }
  return undefined
}

/** The type of a field of BaseSettings, a reader of environs, a `cast`. */
export const kindOfType = (type: string): SettingKind | undefined => {
  if (/\b(str|Any|bool|list|List|dict|Dict|set|tuple)\b/.test(type)) return undefined
  if (/^(Optional\[|Annotated\[)*\s*(int|float|(Positive|NonNegative)(Int|Float))\b/.test(type)) return 'number'
  return /^(Optional\[|Annotated\[)*\s*(\w*Url|url|\w+Dsn)\b/.test(type) ? 'url' : undefined
}
