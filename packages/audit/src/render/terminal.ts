import type { Gate } from '../core/gate.ts'
import type { Report } from '../core/report.ts'
import { closing } from './closing.ts'
import { failures } from './failures.ts'
import { headline } from './headline.ts'
import { paper, type Look } from './paper.ts'
import { passes } from './passes.ts'
import { notApplicables, unknowns } from './reasons.ts'
import { whatWasDone } from './run.ts'
import { uncovered } from './uncovered.ts'

/** A report as a person reads it: failures first, then what is not known, then the rest. */
export const terminal = (report: Report, { gate = 'must', ...look }: Look & { gate?: Gate } = {}): string => {
  const page = paper(look)
  headline(page, report)
  failures(page, report)
  unknowns(page, report)
  passes(page, report)
  notApplicables(page, report)
  uncovered(page, report)
  whatWasDone(page, report)
  closing(page, report, gate)
  return page.text()
}
