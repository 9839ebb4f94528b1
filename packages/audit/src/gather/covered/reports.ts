import type { Repository } from '../../core/target.ts'
import { table } from '../tables.ts'

/** Line coverage as a tool wrote it down. */
export interface CoverageReport {
  path: string
  format: 'lcov' | 'Istanbul' | 'Cobertura' | 'coverage.py'
  percent: number
}

const percent = (covered: number, all: number): number | null => (all > 0 ? (covered / all) * 100 : null)

const ofLcov = (text: string): number | null => {
  let [found, hit, lines, linesHit] = [0, 0, 0, 0]
  for (const row of text.split('\n')) {
    if (row.startsWith('LF:')) found += Number(row.slice(3)) || 0
    else if (row.startsWith('LH:')) hit += Number(row.slice(3)) || 0
    else if (row.startsWith('DA:')) {
      lines++
      if (Number(row.split(',')[1]) > 0) linesHit++
    }
  }
  return found > 0 ? percent(hit, found) : percent(linesHit, lines)
}

const ofIstanbul = (files: Record<string, unknown>): number | null => {
  let [all, covered] = [0, 0]
  for (const file of Object.values(files))
    for (const count of Object.values(table(table(file)['s']))) {
      all++
      if (Number(count) > 0) covered++
    }
  return percent(covered, all)
}

const ofCobertura = (text: string): number | null => {
  const [head = ''] = /<coverage\b[^>]{0,2000}>/.exec(text) ?? []
  const rate = /\bline-rate="([\d.]+)"/.exec(head)?.[1]
  return rate === undefined ? null : Number(rate) * 100
}

const read = (path: string, text: string): CoverageReport | null => {
  const made = (format: CoverageReport['format'], value: number | null): CoverageReport | null =>
    value === null || !Number.isFinite(value) ? null : { path, format, percent: value }
  if (path.endsWith('.info')) return made('lcov', ofLcov(text))
  if (path.endsWith('.xml')) return made('Cobertura', ofCobertura(text))
  try {
    const data = table(JSON.parse(text))
    const totals = table(data['totals'])
    if (typeof totals['percent_covered'] === 'number') return made('coverage.py', totals['percent_covered'])
    const lines = table(table(data['total'])['lines'])
    if (typeof lines['pct'] === 'number') return made('Istanbul', lines['pct'])
    return made('Istanbul', ofIstanbul(data))
  } catch {
    return null
  }
}

/** Where tools write their reports, ignored by git or not. */
const usual = [
  'coverage/coverage-summary.json',
  'coverage/lcov.info',
  'coverage/coverage-final.json',
  'coverage/cobertura-coverage.xml',
  'lcov.info',
  'coverage.lcov',
  'coverage.xml',
  'coverage.json',
]
const reportFile =
  /(^|\/)(lcov\.info|coverage-summary\.json|coverage-final\.json|cobertura(-coverage)?\.xml|coverage\.(xml|json))$/
const notTheirs = /(^|\/)(node_modules|fixtures|testdata|tests?|examples?)\//

/** One report of each folder; they tell the same in several formats. */
export const coverageReports = async (repository: Repository, scope: string): Promise<CoverageReport[]> => {
  const places = [scope === '' ? '' : `${scope}/`, '']
  const listed = repository.files.filter(path => reportFile.test(path) && !notTheirs.test(path)).slice(0, 20)
  const found = new Map<string, CoverageReport>()
  for (const path of new Set([...places.flatMap(place => usual.map(name => place + name)), ...listed])) {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
    const text = repository.exists(path) && !found.has(folder) ? await repository.text(path) : null
    const report = text === null ? null : read(path, text)
    if (report) found.set(folder, report)
  }
  return [...found.values()]
}
