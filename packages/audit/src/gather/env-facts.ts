import type { SettingKind } from './setting-kinds.ts'

/** What one source file says about settings, before the files are put together. */
export interface EnvFacts {
  path: string
  reads: EnvRead[]
  /** Reads of a name that is put together, `*` for the computed part; null when nothing of it is known. */
  computed: { pattern: string | null; line: number }[]
  /** Functions that read the variable which their argument names. */
  wrappers: Wrapper[]
  calls: NamedCall[]
  /** Constants by name, `A` and `A.b`; lists are joined by line ends. */
  constants: [name: string, value: string][]
  /** Keys of object schemas, by the variable that holds the schema. */
  schemas: [name: string, keys: EnvRead[]][]
  /** Variables whose schema is applied to the environment. */
  applied: { schema: string; line: number }[]
  /** Classes that read their fields from the environment, once it is known that their base does. */
  classes: SettingsClass[]
  options: CommandOption[]
}

export interface EnvRead {
  name: string
  line: number
  kind?: SettingKind | undefined
}

export interface Wrapper {
  name: string
  index: number
  prefix: string
  kind?: SettingKind | undefined
}

export interface NamedCall {
  callee: string
  arguments: Argument[]
  line: number
  /** The function around it. */
  inside: { name: string; parameters: string[] } | null
}

export type Argument = { text: string } | { name: string } | null

export interface SettingsClass {
  name: string
  bases: string[]
  prefix: string | null
  nested: string | null
  fields: { name: string; aliases: string[]; line: number; kind?: SettingKind | undefined }[]
}

export interface CommandOption {
  name: string
  line: number
  /** It says in `--help` what it means. */
  explained: boolean
}

export const noFacts = (path: string): EnvFacts => ({
  path,
  reads: [],
  computed: [],
  wrappers: [],
  calls: [],
  constants: [],
  schemas: [],
  applied: [],
  classes: [],
  options: [],
})
