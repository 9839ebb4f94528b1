import { check, type Check, type Item } from '../../core/item.ts'
import { fail, judged, pass, unknown } from '../../core/verdict.ts'
import { forge } from '../../gather/forge.ts'
import { pipelines } from '../../gather/pipelines.ts'
import { published } from '../../gather/published.ts'
import { scans, type Scan, type ScanKind } from '../../gather/scans.ts'
import { falling, happens, reasonNotToCount, unread, withoutPipeline } from '../pipeline-evidence.ts'

const words: Record<ScanKind, { title: string; asks: string; wanted: string }> = {
  sast: {
    title: 'Static analysis',
    asks: 'Does the pipeline look for insecure code?',
    wanted: 'a step such as CodeQL, Semgrep, Bandit or ruff with the S rules whose findings count',
  },
  dependencies: {
    title: 'Dependency scan',
    asks: 'Does the pipeline look for dependencies with known holes?',
    wanted: 'a step such as npm audit, pip-audit, osv-scanner or dependency-review whose findings count',
  },
  secrets: {
    title: 'Secret scan',
    asks: 'Does the pipeline look for secrets in the sources?',
    wanted: 'a step such as gitleaks, trufflehog or detect-secrets whose findings count',
  },
}

const whyNot = (scan: Scan): string | null => scan.flaw ?? reasonNotToCount(scan)

const scanned = (kind: ScanKind): Check =>
  check({
    asks: words[kind].asks,
    needs: { scans, pipelines, published, forge },
    judge: ({ scans, pipelines, published, forge }) => {
      const { title, wanted } = words[kind]
      const switchedOn = forge.scans.find(each => each.kind === kind)
      if (switchedOn) return pass({ at: switchedOn.at, saw: `${title}: ${switchedOn.saw}` })
      const nothing = withoutPipeline(pipelines, published, wanted)
      if (nothing) return nothing
      const included = scans.included
        .filter(each => each.kind === kind)
        .map(({ uses, at, line }) => ({ at, line, saw: `${title}: ${uses}` }))
      const working = scans[kind].filter(scan => whyNot(scan) === null).map(scan => happens(title, scan))
      if (included.length + working.length > 0) return judged([], [...working, ...included].slice(0, 8), '')
      const because = unread(pipelines)
      if (because && scans[kind].length === 0) return unknown(`no ${title.toLowerCase()} was found, and ${because}`)
      const fallen = scans[kind].map((scan): [Scan, string] => [scan, whyNot(scan) ?? ''])
      return fail(falling(title, wanted, fallen, pipelines.refused))
    },
  })

const item: Item = {
  id: 'security-scanning',
  area: 'delivery',
  rows: [126],
  title: 'Code, dependencies and secrets are scanned',
  level: 'must',
  why: 'A hole in a dependency, a key in a commit and an injection in a handler look like any other line in review; a scanner knows them by name.',
  how: 'Add three steps to the pipeline whose findings fail the run or are uploaded: static analysis (CodeQL, Semgrep, Bandit or ruff with S), dependencies (npm audit, pip-audit, osv-scanner), secrets (gitleaks, trufflehog). A bot that updates versions is no scan. What is switched on in the settings of the forge counts with --forge-facts.',
  refs: [
    'https://docs.github.com/en/code-security/code-scanning/introduction-to-code-scanning/about-code-scanning',
    'https://github.com/gitleaks/gitleaks',
    'https://google.github.io/osv-scanner/',
  ],
  checks: [scanned('sast'), scanned('dependencies'), scanned('secrets')],
}

export default item
