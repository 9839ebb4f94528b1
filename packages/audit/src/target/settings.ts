import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { closest } from '../core/closest.ts'
import { Refusal } from '../core/refusal.ts'
import type { Settings } from '../core/target.ts'
import { jsonPath, parseJson, readTextFile, shapeFault } from './json.ts'
import { secretsIn, type Secrets } from './secrets.ts'
import { schema } from './settings-schema.ts'

export const settingsFileName = 'airworthy.json'

/** JSON Schema of airworthy.json, for editors and the documentation. */
export const settingsJsonSchema = (): unknown => z.toJSONSchema(schema, { io: 'input' })

/** Replaces `${NAME}` in the values; an unset name is refused with the place where it stands. */
const resolveReferences = <T extends object>(values: T, at: string[], file: string, known: NodeJS.ProcessEnv): T => {
  const resolve = (key: string, value: string): string =>
    value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => {
      const place = jsonPath([...at, key])
      const found = known[name]
      if (found !== undefined) return found
      const meant = name.length > 5 ? closest(name, Object.keys(known)) : null
      throw new Refusal(
        `${file} refers at ${place} to the environment variable ${name}, which is not set`,
        `${meant ? `did you mean ${meant}? ` : ''}set ${name}, or remove ${place} from ${file}`,
      )
    })
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, resolve(key, String(value))])) as T
}

interface Shape {
  properties?: Record<string, Shape>
  additionalProperties?: Shape | boolean
  items?: Shape | Shape[] | boolean
  prefixItems?: Shape[]
}

/** The keys that may stand at a place of the settings. */
const keysAt = (path: readonly PropertyKey[]): string[] => {
  const below = (shape: Shape | undefined, part: PropertyKey): Shape | undefined => {
    const { properties, additionalProperties, items, prefixItems } = shape ?? {}
    if (typeof part !== 'number')
      return properties?.[String(part)] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
    return prefixItems?.[part] ?? (typeof items === 'object' && !Array.isArray(items) ? items : undefined)
  }
  const shape = path.reduce<Shape | undefined>(below, settingsJsonSchema() as Shape)
  return Object.keys(shape?.properties ?? {}).filter(key => key !== '$schema')
}

const refuseShape = (file: string, error: z.ZodError): Refusal => {
  const { path, expected, unknownKey } = shapeFault(error)
  const issue = error.issues[0]
  if (unknownKey !== undefined) {
    const known = keysAt(issue?.path ?? [])
    const meant = closest(unknownKey, known)
    const place = path === unknownKey ? 'the settings' : `what may stand there`
    return new Refusal(
      `${file} has the key ${path}, which is no setting`,
      meant
        ? `did you mean ${meant}?`
        : `remove it; ${place} ${path === unknownKey ? 'are' : 'is'} ${known.join(', ')}`,
    )
  }
  return new Refusal(
    `${file} is wrong at ${path || 'its top'}: expected ${expected}`,
    `correct ${path || 'it'} in ${file}; docs/settings.md has an example`,
  )
}

const kindOf = (place: string, named: string): 'directory' | 'other' => {
  try {
    return statSync(place, { throwIfNoEntry: false })?.isDirectory() ? 'directory' : 'other'
  } catch {
    throw new Refusal(`${named} cannot be read`, 'name a settings file that you may read, or leave the option out')
  }
}

/**
 * The settings in a file, or in the airworthy.json of a directory; `{}` when the directory has none. Throws a Refusal
 * for anything else than valid settings whose references are set; `named` is how it calls the file.
 */
export const readSettings = (
  place: string,
  environment: NodeJS.ProcessEnv = process.env,
  named: string = place,
): Settings => {
  const isDirectory = kindOf(place, named) === 'directory'
  const file = isDirectory ? join(place, settingsFileName) : place
  const shown = isDirectory ? settingsFileName : named
  if (!existsSync(file)) {
    if (isDirectory) return {}
    throw new Refusal(`there is no settings file ${named}`, 'name an existing file, or leave the option out')
  }
  const parsed = schema.safeParse(parseJson(readTextFile(file, shown, { noLinks: isDirectory }), shown))
  if (!parsed.success) throw refuseShape(shown, parsed.error)
  const { $schema: _, ...settings } = parsed.data
  const resolved = <T extends object>(value: T, at: string[]): T => resolveReferences(value, at, shown, environment)
  const { start, env, headers, credentials, outbound } = settings
  return {
    ...settings,
    ...(start ? { start: { ...start, ...(start.env ? { env: resolved(start.env, ['start', 'env']) } : {}) } } : {}),
    ...(env ? { env: resolved(env, ['env']) } : {}),
    ...(headers ? { headers: resolved(headers, ['headers']) } : {}),
    ...(credentials ? { credentials: resolved(credentials, ['credentials']) } : {}),
    ...(outbound?.env ? { outbound: { ...outbound, env: resolved(outbound.env, ['outbound', 'env']) } } : {}),
  }
}

/**
 * The settings in a file or directory that the user named, where they have to be.
 * @throws Refusal also when there are none.
 */
export const namedSettings = (place: string, named: string): Settings => {
  const isDirectory = kindOf(place, named) === 'directory'
  if (isDirectory && !existsSync(join(place, settingsFileName)))
    throw new Refusal(`there is no ${settingsFileName} in ${named}`, 'name the settings file itself')
  return readSettings(place, process.env, named)
}

/** The values of environment, headers and credentials, each with the name to print in its place. */
export const secretsOf = ({ start, env, headers, credentials, outbound }: Settings): Secrets => [
  ...secretsIn(start?.env),
  ...secretsIn(env),
  ...secretsIn(outbound?.env),
  ...secretsIn(headers, 4),
  ...secretsIn(
    Object.fromEntries(Object.entries(credentials ?? {}).map(([name, value]) => [`credential ${name}`, value])),
  ),
]
