import { check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { formatting, type Change, type Formatted, type Formatting } from '../../gather/formatting.ts'

const shown = 30
const names = { typescript: 'TypeScript', python: 'Python' }

const changesOf = (changes: Change[], { engine, files, formatter }: Formatted): [Evidence, ...Evidence[]] => [
  {
    at: formatter.at,
    saw: `${changes.length} of ${files} files would change: ${engine} with the options of ${formatter.name}`,
    wanted: 'no file that would change',
  },
  ...changes.slice(0, shown).map(({ path, line, lines }) => ({
    at: path,
    line,
    saw: `${lines} line${lines === 1 ? '' : 's'} would change, from here on`,
  })),
]

const summary = ({ language, engine, files, of, formatter, isConfigured }: Formatted): Evidence => ({
  at: formatter.at,
  saw: [
    `${names[language]}: no file would change, ${engine} over ${files === of ? `all ${of}` : `a fixed sample of ${files} of ${of}`} files`,
    isConfigured ? `the project uses ${formatter.name}` : 'the project sets up no formatter of its own',
    formatter.gate ? `${formatter.gate} checks it` : 'no pipeline in sight checks it',
  ].join('; '),
})

const judgeLanguage = (one: Formatted, published: Formatting['published']): Verdict => {
  const { language, formatter, isConfigured, engine, files, of, changes } = one
  const { name, at, doubt, gate } = formatter
  if (of === 0) return unknown(`no ${names[language]} file is left to be formatted`)
  if (engine !== null && files > 0 && changes.length === 0) return pass(summary(one))
  if (!isConfigured && published) return unknown(`no formatter is set up in ${published}; a working copy may have one`)
  if (!isConfigured) {
    const missing = { at, saw: `no formatter is set up for the ${names[language]} source`, wanted: 'a formatter' }
    return changes.length === 0 ? fail(missing) : fail(missing, ...changesOf(changes, one))
  }
  const wiring = gate ? `; ${gate} checks it` : ''
  if (engine === null) return unknown(`${doubt ?? `the options of ${name} in ${at} are computed by code`}${wiring}`)
  if (files === 0) return unknown(`no ${names[language]} file could be formatted by ${engine}${wiring}`)
  const clear = changes.filter(({ isClear }) => isClear)
  const needed = doubt === null ? 1 : /its style may differ/.test(doubt) ? 1 : Math.max(2, files / 4)
  const broken = doubt === null ? changes : clear
  return broken.length >= needed
    ? fail(...changesOf(doubt === null ? changes : clear, one))
    : unknown(`${doubt}; ${changes.length} of ${files} files would change, first ${changes[0]?.path}${wiring}`)
}

const item: Item = {
  id: 'formatted',
  area: 'code-quality',
  rows: [2],
  title: 'Source formatted by a formatter',
  level: 'should',
  why: 'Without a formatter every change mixes meaning with layout, and reviewers miss the line that matters.',
  how: 'Set up ruff format (Python) or Prettier, Biome or oxfmt (TypeScript), format everything once, and let CI run `ruff format --check` or `prettier --check .`.',
  refs: ['https://docs.astral.sh/ruff/formatter/', 'https://prettier.io/docs/cli'],
  checks: [
    check({
      asks: 'Would the formatter of the project change no source file?',
      needs: { formatting },
      judge: ({ formatting }) => {
        const verdicts = formatting.formatted.map(one => judgeLanguage(one, formatting.published))
        const open = verdicts.find(({ status }) => status === 'unknown')
        const of = (status: 'pass' | 'fail'): Evidence[] =>
          verdicts.flatMap(verdict => (verdict.status === status ? verdict.evidence : []))
        if (open && of('fail').length === 0) return open
        return judged(of('fail'), of('pass'), 'no authored TypeScript, JavaScript or Python source was found')
      },
    }),
  ],
}

export default item
