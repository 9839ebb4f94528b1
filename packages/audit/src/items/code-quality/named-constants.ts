import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown } from '../../core/verdict.ts'
import { magicNumbers } from '../../gather/magic-numbers.ts'

/** So many comparisons with bare numbers are granted in a thousand lines. */
const perThousand = 5
const always = 2
const shown = 30

const item: Item = {
  id: 'named-constants',
  area: 'code-quality',
  rows: [14],
  title: 'Numbers with names',
  level: 'may',
  why: 'A bare number in a condition is changed in one place and forgotten in the other, because nothing says that both mean the same.',
  how: 'Give the number a name where its unit can be read (`MAX_RESULTS = 50`, `const timeoutMs = 5000`) and compare with the name.',
  refs: [
    'https://docs.astral.sh/ruff/rules/magic-value-comparison/',
    'https://eslint.org/docs/latest/rules/no-magic-numbers',
  ],
  checks: [
    check({
      asks: 'Do at most 5 comparisons in 1,000 lines use a number without a name?',
      needs: { magicNumbers },
      judge: ({ magicNumbers: { found, files, lines } }) => {
        if (files === 0) return unknown('no authored TypeScript, JavaScript or Python source of a server was found')
        const limit = Math.max(always, Math.floor((lines * perThousand) / 1000))
        const figures = {
          at: 'source of the server',
          saw: `${found.length} comparisons with bare numbers in ${lines} lines of ${files} files; 0, 1, 2, statuses of HTTP and small lengths are left out`,
          wanted: `at most ${limit}: ${perThousand} in 1,000 lines, and ${always} in any case`,
        }
        const places = found
          .slice(0, shown)
          .map(({ path, line, number }) => ({ at: path, line, saw: `a comparison with ${number}` }))
        return found.length > limit ? fail(figures, ...places) : pass(figures, ...places)
      },
    }),
  ],
}

export default item
