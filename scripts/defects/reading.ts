import { audit, type Report } from '../../packages/audit/src/api.ts'
import { allDefects, type Defect } from './defects.ts'
import { findingsOf, tellApart, type Finding, type Told } from './matching.ts'
import { unpacked } from './packages.ts'

const reports = new Map<string, Report>()

/** Only the items that some entry of the package asks for. */
const itemsFor = (defect: Defect): string[] => [
  ...new Set(
    allDefects()
      .filter(one => one.package === defect.package)
      .flatMap(({ items }) => items),
  ),
]

const read = async (defect: Defect, version: string, known: Set<string>): Promise<Finding[]> => {
  const directory = await unpacked(defect, version)
  let report = reports.get(directory)
  if (!report) {
    const only = itemsFor(defect).filter(id => known.has(id))
    ;[report] = await audit({ target: { directory }, impact: 'read', only })
    if (!report) throw new Error(`${directory} was not audited`)
    reports.set(directory, report)
  }
  return findingsOf(report, defect.items, 'repository')
}

/** Whether the defect shows in the source alone. */
export const tellByReading = async (defect: Defect, known: Set<string>): Promise<Told> =>
  tellApart(defect, await read(defect, defect.vulnerable, known), await read(defect, defect.fixed, known))
