import { gatherer } from '../core/item.ts'
import { modules } from './code/modules.ts'
import { openResolver, type Place, type Resolver } from './code/resolve.ts'
import { innermost, type Module, type Value } from './code/values.ts'
import { isInScope, project } from './project.ts'

export interface SchemaUse {
  library: 'zod' | 'pydantic'
  /** What is imported or used, such as `zod/v3` or `pydantic.validator`. */
  what: string
  /** It belongs to the major version before, kept for the transition. */
  old: boolean
  file: string
  line?: number
}

export interface SchemaLibraries {
  uses: SchemaUse[]
  /** Source files of the server that were looked at. */
  files: number
}

const oldNames = /^pydantic\.(v1\b.*|(class_)?validators?|root_validator|BaseSettings|parse_obj_as|generics\..*)$/

const zodUses = ({ path, declarations, exports }: Module): SchemaUse[] => {
  const values: Value[] = [...declarations, ...exports].map(({ value }) => value)
  const imported = new Set(
    values.flatMap(value => (value.is === 'import' && /^zod(\/|$)/.test(value.module) ? [value.module] : [])),
  )
  return [...imported].map(what => ({ library: 'zod', what, old: /^zod\/v3\b/.test(what), file: path }))
}

/** Names that fall back to another import where the first is missing serve both versions. */
const pydanticImports = ({ path, declarations }: Module): SchemaUse[] => {
  const names = declarations.flatMap(({ name, value }) =>
    value.is === 'import' && /^pydantic(\.|$)/.test(value.module)
      ? [{ name, what: value.name === '*' ? value.module : `${value.module}.${value.name}` }]
      : [],
  )
  return names.map(({ name, what }) => {
    const isOnly = declarations.filter(other => other.name === name).length === 1
    return { library: 'pydantic', what, old: isOnly && oldNames.test(what), file: path }
  })
}

const isModel = (value: Value, place: Place, resolver: Resolver, depth = 0): boolean =>
  depth < 5 &&
  resolver
    .things(value, place)
    .some(thing =>
      thing.value.is === 'external'
        ? /^pydantic(_settings)?\.(\w+\.)*Base(Model|Settings)$/.test(thing.value.path)
        : thing.value.is === 'class' && thing.value.bases.some(base => isModel(base, thing, resolver, depth + 1)),
    )

/** `class Config:` inside a model, and what is used through the name of the package. */
const pydanticUses = (module: Module, resolver: Resolver): SchemaUse[] => {
  const place: Place = { module, frames: [] }
  const decorators = module.decorated.flatMap(({ decorator, function: of }): SchemaUse[] => {
    const path = resolver.external(decorator.is === 'call' ? decorator.callee : decorator, place) ?? ''
    return oldNames.test(path)
      ? [{ library: 'pydantic', what: `@${path}`, old: true, file: module.path, line: of.line - 1 }]
      : []
  })
  const configs = module.classes.flatMap((inner): SchemaUse[] => {
    if (inner.name !== 'Config') return []
    const outer = innermost(
      module.classes.filter(each => each !== inner && each.at < inner.at),
      inner.at,
    )
    return outer && isModel(outer, place, resolver)
      ? [{ library: 'pydantic', what: `class Config in ${outer.name}`, old: true, file: module.path }]
      : []
  })
  const bases = module.classes.flatMap(({ name, bases }) =>
    bases.flatMap((base): SchemaUse[] => {
      const path = resolver.external(base, place) ?? ''
      const isOld = base.is === 'member' && oldNames.test(path)
      return isOld ? [{ library: 'pydantic', what: `${path} (base of ${name})`, old: true, file: module.path }] : []
    }),
  )
  return [...pydanticImports(module), ...decorators, ...configs, ...bases]
}

/** Where the server's source uses zod or pydantic, and what of it belongs to the major version before. */
export const schemaLibraries = gatherer<SchemaLibraries, { modules: typeof modules; project: typeof project }>({
  id: 'schema-libraries',
  impact: 'read',
  from: 'repository',
  needs: { modules, project },
  gather: (_, { modules: source, project }) => {
    const resolver = openResolver(source)
    const own = source.all.filter(({ path }) => isInScope(project, path))
    const uses = own.flatMap(module =>
      module.language === 'python' ? pydanticUses(module, resolver) : zodUses(module),
    )
    return { uses, files: own.length }
  },
})
