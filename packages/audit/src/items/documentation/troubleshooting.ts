import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { isPublished, published } from '../../gather/published.ts'
import { troubles, type Troubles } from '../../gather/troubles.ts'

const wanted = 'symptoms, each with what to do about it'

const untrue = ({ placeholders, missing }: Troubles): Evidence[] => [
  ...placeholders.slice(0, 10).map(({ path, line, saw }) => ({
    at: path,
    line,
    saw: `«${saw}» was never filled in`,
    wanted: 'what is true for this server',
  })),
  ...missing
    .slice(0, 10)
    .map(({ path, line, saw, wanted }) => ({ at: path, line, saw: `${saw}, but ${wanted} is not there`, wanted })),
]

const item: Item = {
  id: 'troubleshooting',
  area: 'documentation',
  rows: [69],
  title: 'Help for the failures that people meet',
  level: 'should',
  why: 'Without it everyone who meets the failure that you met before them opens an issue, or gives up.',
  how: 'Add a section Troubleshooting to the README, or docs/troubleshooting.md: what is seen (the message itself), why, and what to do, for the failures that really occur.',
  refs: ['https://diataxis.fr/how-to-guides/', 'https://modelcontextprotocol.io/docs/tools/debugging'],
  checks: [
    check({
      asks: 'Is there a section or page with symptoms and what to do about them?',
      needs: { troubles, published },
      judge: ({ troubles, published }) => {
        const { passages, remedied, bare, elsewhere } = troubles
        const [passage] = passages
        if (!passage && isPublished(published))
          return unknown(`this is ${published.what}; documents beside its README are not part of it`)
        if (!passage) return fail({ at: 'README.md', saw: 'nothing about failures and their remedies', wanted })
        const broken = untrue(troubles)
        if (broken.length === 0 && remedied.length === 0 && elsewhere)
          return unknown(`${passage.path}:${passage.line} points to ${elsewhere}, which is not asked`)
        if (broken.length === 0 && remedied.length === 0) {
          const saw = bare[0] ? `${bare.length} symptoms, none with a remedy` : `«${passage.title}» names no symptom`
          return fail({ at: passage.path, line: passage.line, saw, wanted })
        }
        const proven = remedied.slice(0, 6).map(({ path, line, symptom }) => ({ at: path, line, saw: symptom }))
        const count = { at: passage.path, saw: `${remedied.length} symptoms with a remedy, ${bare.length} without` }
        return judged(broken, [...proven, count], 'not reached')
      },
    }),
  ],
}

export default item
