import type { Report } from '../../packages/audit/src/api.ts'
import type { Defect } from './defects.ts'

export interface Finding {
  item: string
  proof: string
  at: string
  line?: number
  saw: string
}

/** What fitting items fail with. */
export const findingsOf = (report: Report, items: string[], proof: string): Finding[] =>
  report.items
    .filter(({ id }) => items.includes(id))
    .flatMap(({ id, verdicts }) =>
      verdicts.flatMap(verdict =>
        verdict.status === 'fail' && verdict.proof === proof
          ? (verdict.evidence ?? []).map(each => ({ item: id, proof: verdict.proof, ...each }))
          : [],
      ),
    )

const nearness = 60

/** Evidence names its place as `file` and line, and the steps to it in its words as `file:line`. */
const isAt = ({ at, line, saw }: Finding, place: string): boolean => {
  const [, file = '', wanted = '0'] = /^(.*):(\d+)$/.exec(place) ?? []
  const isNear = (path: string, number: number): boolean =>
    (path === file || path.endsWith(`/${file}`)) && Math.abs(number - Number(wanted)) <= nearness
  const steps = [...saw.matchAll(/([\w./@+-]+\.\w+):(\d+)/g)]
  return isNear(at, line ?? 0) || steps.some(([, path = '', number = '0']) => isNear(path, Number(number)))
}

/** What was found, without the line numbers and the made names of bundles that change between versions. */
const signature = ({ item, saw }: Finding): string => `${item} ${saw.replaceAll(/[\w./@+-]+:\d+|\d+/g, '#')}`

export interface Told {
  found: boolean
  clean: boolean
  because: string
}

const shown = ({ item, at, line, saw }: Finding): string => `${item}: ${at}:${line ?? ''} ${saw}`

/**
 * The vulnerable version is told from the fixed one where an item fails it at the place of the defect, and says nothing
 * of the kind of the fixed one: neither there nor in the same words elsewhere.
 */
export const tellApart = (defect: Defect, vulnerable: Finding[], fixed: Finding[]): Told => {
  const { vulnerableAt, fixedAt } = defect
  const about = defect.shows === undefined ? null : new RegExp(defect.shows, 'i')
  const isAbout = ({ item, at, saw }: Finding): boolean => about?.test(`${item} ${at} ${saw}`) ?? true
  const there = vulnerable.filter(one => isAbout(one) && (vulnerableAt === undefined || isAt(one, vulnerableAt)))
  const [first] = there
  const nothing = vulnerable[0] ? `only elsewhere: ${shown(vulnerable[0])}` : 'nothing found'
  if (!first) return { found: false, clean: true, because: nothing }
  const items = new Set(there.map(({ item }) => item))
  const words = new Set(there.map(signature))
  const again = fixed.find(
    one =>
      items.has(one.item) &&
      isAbout(one) &&
      (words.has(signature(one)) || (fixedAt !== undefined && isAt(one, fixedAt))),
  )
  return again
    ? { found: true, clean: false, because: `still: ${shown(again)}` }
    : { found: true, clean: true, because: shown(first) }
}
