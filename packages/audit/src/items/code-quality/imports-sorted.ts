import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { importOrder, type ImportOrder } from '../../gather/import-order.ts'

const shown = 30

const unsortedIn = ({ unsorted, against, files }: ImportOrder): [Evidence, ...Evidence[]] => [
  {
    at: 'imports',
    saw: `${new Set(unsorted.map(({ path }) => path)).size} of ${files} files with imports; held against ${against}`,
    wanted: 'one order in all files',
  },
  ...unsorted.slice(0, shown).map(({ path, line, saw }) => ({ at: path, line, saw })),
]

const sortedIn = ({ against, files }: ImportOrder): Evidence => ({
  at: 'imports',
  saw: `in order in all ${files} files that have several; held against ${against}`,
})

const isOpen = ({ unsorted, organiser, files, language }: ImportOrder): boolean =>
  unsorted.length > 0 && organiser !== null && (language === 'typescript' || unsorted.length * 4 < files)

const item: Item = {
  id: 'imports-sorted',
  area: 'code-quality',
  rows: [4],
  title: 'Imports in one order',
  level: 'may',
  why: 'Unsorted imports hide duplicates and cause merge conflicts in lines that nobody meant to change.',
  how: 'Let a tool sort them: `ruff check --select I --fix` (Python); organizeImports of Biome, or eslint-plugin-simple-import-sort (TypeScript).',
  refs: [
    'https://docs.astral.sh/ruff/rules/unsorted-imports/',
    'https://github.com/lydell/eslint-plugin-simple-import-sort',
  ],
  checks: [
    check({
      asks: 'Are the imports of every source file in one order?',
      needs: { importOrder },
      judge: ({ importOrder }) => {
        if (importOrder.length === 0) return unknown('no authored TypeScript, JavaScript or Python source was found')
        const some = importOrder.filter(({ files }) => files > 0)
        if (some.length === 0) return notApplicable('no source file imports several modules one after the other')
        const open = some.find(isOpen)
        const broken = some.filter(one => one.unsorted.length > 0 && !isOpen(one)).flatMap(unsortedIn)
        if (open && broken.length === 0) {
          const { organiser, unsorted } = open
          return unknown(
            `${organiser?.name} (${organiser?.at}) keeps an order of its own, which is not read; ${unsorted.length} blocks of imports keep no order that is known, first ${unsorted[0]?.path}`,
          )
        }
        return judged(broken, some.map(sortedIn), 'not reached')
      },
    }),
  ],
}

export default item
