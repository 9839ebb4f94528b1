import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { compiled, type Compilation } from '../../gather/compiled.ts'
import { project } from '../../gather/project.ts'
import { typeChecking, type Checked, type TypeCheck, type TypeChecking } from '../../gather/typecheck.ts'

const shown = 50
const names: Record<Checked, string> = { typescript: 'TypeScript', python: 'Python' }

const strictness = (language: Checked, { typescript, python }: TypeChecking): string =>
  language === 'python'
    ? python.join(', ') || 'no settings in pyproject.toml'
    : typescript
      ? `strict: ${typescript.strict ?? 'set by a package'} (${typescript.path})`
      : 'no tsconfig.json'

const step = ({ words, from, at, line }: TypeCheck, checking: TypeChecking, language: Checked): Evidence => ({
  at,
  ...(line ? { line } : {}),
  saw: `${words.join(' ')} in ${from}; ${strictness(language, checking)}`,
})

const missing = (language: Checked, { isPlainJavaScript, typescript }: TypeChecking): Evidence => ({
  at: typescript?.path ?? '.',
  saw:
    language === 'typescript' && isPlainJavaScript
      ? 'plain JavaScript without a type checker'
      : typescript?.isUnchecked && language === 'typescript'
        ? 'noCheck: the compiler is told not to look at types'
        : `no script, task or pipeline checks the types of the ${names[language]} source`,
  wanted: language === 'typescript' ? 'a step that runs tsc --noEmit' : 'a step that runs mypy, pyright or ty',
})

const judgeLanguage = (language: Checked, checking: TypeChecking): Verdict => {
  const own = checking.checks.filter(each => each.language === language)
  const certain = own.filter(({ doubt }) => doubt === null)
  const isUnchecked = language === 'typescript' && checking.typescript?.isUnchecked === true
  const [first] = own
  if (isUnchecked && certain.every(({ words }) => !words.some(word => /^(-p|--project)$/.test(word))))
    return fail(missing(language, checking))
  if (certain.length > 0)
    return judged(
      [],
      certain.slice(0, 10).map(each => step(each, checking, language)),
      'not reached',
    )
  if (first) return unknown(`whether types are checked was not decided: ${first.doubt} (${first.at})`)
  const [opaque] = checking.opaque
  if (opaque) return unknown(`no type checker was found, but ${opaque} could not be followed`)
  return fail(missing(language, checking))
}

const absentModule =
  /^TS(2307|2688|7016)\b|import-not-found|import-untyped|reportMissing(Imports|ModuleSource)|unresolved-import/

/** Why a run says nothing about the author's types; null when it does. */
const saysNothing = ({ command, faults, failure, cut }: Compilation): string | null => {
  if (cut) return `${command} was ended at its ${cut}`
  if (failure) return `${command} failed without naming an error: ${failure}`
  const located = faults.filter(({ path }) => path !== null)
  if (faults.length > 0 && located.length === 0) return `${command} did not start: ${faults[0]?.message}`
  return located.length > 0 && located.every(({ message }) => absentModule.test(message))
    ? `${command} does not find modules, install the dependencies first: ${located[0]?.message}`
    : null
}

const errors = ({ faults, command }: Compilation): Evidence[] => [
  ...faults.slice(0, shown).map(({ path, line, message }) => ({
    at: path ?? command,
    ...(line ? { line } : {}),
    saw: message,
    wanted: 'no error',
  })),
  ...(faults.length > 0 ? [{ at: command, saw: `${faults.length} errors` }] : []),
]

const item: Item = {
  id: 'type-checked',
  area: 'code-quality',
  rows: [3, 76],
  title: 'Types checked by a compiler, without errors',
  level: 'must',
  why: 'Types that nothing checks are comments: wrong arguments and missing fields then show up in production.',
  how: 'Add a script that runs `tsc --noEmit` (TypeScript) or `mypy`/`pyright` (Python), let CI run it, and repair what it finds.',
  refs: ['https://www.typescriptlang.org/tsconfig/#noEmit', 'https://mypy.readthedocs.io/en/stable/running_mypy.html'],
  combine: 'all',
  checks: [
    check({
      asks: 'Does a script, task or pipeline check the types?',
      needs: { typeChecking, project },
      judge: ({ typeChecking, project: { unread } }) => {
        const verdicts = typeChecking.languages.map(language => judgeLanguage(language, typeChecking))
        const decided =
          verdicts.find(({ status }) => status === 'fail') ?? verdicts.find(({ status }) => status === 'unknown')
        const nothing = unread ? `no reader for ${unread}` : 'no TypeScript, JavaScript or Python source was found'
        return decided ?? verdicts[0] ?? unknown(nothing)
      },
    }),
    check({
      asks: 'Does the type checker of the project find no error?',
      needs: { compiled },
      judge: ({ compiled }) => {
        const broken = compiled.filter(each => saysNothing(each) === null).flatMap(errors)
        const [reason] = compiled.flatMap(each => saysNothing(each) ?? [])
        if (broken.length === 0 && reason) return unknown(reason)
        const passed = compiled.map(({ command }) => ({ at: command, saw: 'no error' }))
        return judged(broken, passed, 'no type checker was run')
      },
    }),
  ],
}

export default item
