import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { namedFunctions, type NamedFunction } from '../../gather/named-functions.ts'

const share = 0.95
const shown = 30
const names = { typescript: 'TypeScript', python: 'Python' } as const

/** Private functions of TypeScript count as well: a parameter without a type is `any`. */
const isCounted = ({ isPublic, language, untyped }: NamedFunction): boolean =>
  isPublic || (language === 'typescript' && untyped.some(name => name !== 'return'))

const missing = ({ name, path, line, untyped }: NamedFunction): Evidence => ({
  at: path,
  line,
  saw: `${name}: no type for ${untyped.map(each => (each === 'return' ? 'what it returns' : each)).join(', ')}`,
})

const figures = (all: NamedFunction[], language: keyof typeof names): Evidence => {
  const typed = all.filter(({ untyped }) => untyped.length === 0).length
  const percent = Math.floor((typed / all.length) * 1000) / 10
  return {
    at: `${names[language]} functions`,
    saw: `${typed} of ${all.length} state the types of all parameters and of what they return (${percent} %)`,
    wanted: `${share * 100} %`,
  }
}

const item: Item = {
  id: 'type-annotations',
  area: 'code-quality',
  rows: [10],
  title: 'Types stated on public functions',
  level: 'should',
  why: 'A public function without types is called with the wrong thing, and no checker and no reader notices.',
  how: 'Annotate every parameter and the return type of public functions; let ruff (`ANN`) or typescript-eslint (`explicit-module-boundary-types`) keep it so.',
  refs: [
    'https://docs.astral.sh/ruff/rules/#flake8-annotations-ann',
    'https://typescript-eslint.io/rules/explicit-module-boundary-types/',
  ],
  checks: [
    check({
      asks: 'Do 95 % of the public functions state the types of their parameters and of what they return?',
      needs: { namedFunctions },
      judge: ({ namedFunctions: { functions, files } }) => {
        if (files === 0) return unknown('no authored TypeScript, JavaScript or Python source of a server was found')
        const languages = (['typescript', 'python'] as const).map(language => ({
          language,
          all: functions.filter(each => each.language === language && isCounted(each)),
        }))
        const some = languages.filter(({ all }) => all.length > 0)
        if (some.length === 0) return notApplicable(`no public function in ${files} source files`)
        const broken = some.filter(
          ({ all }) => all.filter(each => each.untyped.length === 0).length < share * all.length,
        )
        return judged(
          broken.flatMap(({ all, language }) => [
            figures(all, language),
            ...all
              .filter(({ untyped }) => untyped.length > 0)
              .slice(0, shown)
              .map(missing),
          ]),
          some.map(({ all, language }) => figures(all, language)),
          'not reached',
        )
      },
    }),
  ],
}

export default item
