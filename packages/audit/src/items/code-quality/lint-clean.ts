import { check, type Item } from '../../core/item.ts'
import { judged, type Evidence } from '../../core/verdict.ts'
import { lint, type Lint, type Linted } from '../../gather/lint.ts'

const shown = 50

const findingsOf = ({ findings, tool }: Linted): Evidence[] => [
  ...findings.slice(0, shown).map(({ path, line, rule, message }) => ({
    at: path,
    line,
    saw: `${rule}: ${message}`,
    wanted: 'no finding',
  })),
  ...(findings.length > 0 ? [{ at: tool, saw: `${findings.length} findings in ${filesWith(findings)} files` }] : []),
]

const filesWith = (findings: Linted['findings']): number => new Set(findings.map(({ path }) => path)).size

const summary = ({ tool, files, ignored }: Linted, { configured, directory }: Lint): Evidence => {
  const own = configured.map(({ linter, at }) => `${linter} (${at})`).join(', ')
  return {
    at: directory === '' ? '.' : directory,
    saw: [
      `${tool}: no finding in ${files} files`,
      ...(ignored > 0 ? [`${ignored} left out by the project's per-file-ignores`] : []),
      own === '' ? 'the project configures no linter of its own' : `the project configures ${own}`,
    ].join('; '),
  }
}

const item: Item = {
  id: 'lint-clean',
  area: 'code-quality',
  rows: [1],
  title: 'Code without lint errors',
  level: 'should',
  why: 'Undefined names, unused variables and impossible comparisons are bugs that a linter finds before a user does.',
  how: 'Run `ruff check .` (Python) or `npx oxlint` (TypeScript), repair what they find, and let CI run them.',
  refs: ['https://docs.astral.sh/ruff/rules/', 'https://oxc.rs/docs/guide/usage/linter/rules.html'],
  checks: [
    check({
      asks: 'Do ruff (E4, E7, E9, F) and oxlint (correctness) find nothing in the source?',
      needs: { lint },
      judge: ({ lint }) => {
        const linted = [lint.python, lint.typescript].filter(one => one !== null)
        return judged(
          linted.flatMap(findingsOf),
          linted.filter(({ files }) => files > 0).map(one => summary(one, lint)),
          'no authored TypeScript, JavaScript or Python source was found; build output, generated code and fixtures are left out',
        )
      },
    }),
  ],
}

export default item
