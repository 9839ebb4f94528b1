import { check, type Item } from '../../core/item.ts'
import { pass, unknown } from '../../core/verdict.ts'
import { auditedForm, type AuditedForm } from '../../gather/audited-form.ts'
import { nothingCalled } from '../../gather/proven-tools.ts'
import { trials } from '../../gather/trials.ts'
import { attested } from '../attested.ts'

const forms: Partial<Record<AuditedForm['kind'], string>> = {
  deployed: 'at the address where it is deployed',
  bundle: 'from its bundle',
  container: 'in its container',
  package: 'from its published package',
}

const otherwise = 'audit what is shipped: --url https://…, --bundle FILE.mcpb, or -- docker run …'

const item: Item = {
  id: 'production-testing',
  area: 'sign-off',
  rows: [161],
  title: 'What is shipped was tested',
  level: 'should',
  why: 'A source tree has files, dependencies and settings that the image, the package or the deployed service may lack.',
  how: 'Run the audit once more against the deployed URL, the container or the packed artefact, or record in airworthy.json who tested it there.',
  refs: ['https://12factor.net/dev-prod-parity', 'https://sre.google/sre-book/release-engineering/'],
  checks: [
    check({
      asks: 'Did this audit speak to what is deployed or shipped?',
      needs: { auditedForm, trials },
      judge: ({ auditedForm: { kind, shown }, trials: { trials, good } }) => {
        const form = forms[kind]
        if (form === undefined)
          return unknown(
            kind === 'source'
              ? `it was started from its source: ${otherwise}`
              : `what runs at ${shown} on this machine is not known: ${otherwise}`,
          )
        if (trials.length > 0 && good.length === 0) return unknown(nothingCalled(trials.length))
        return pass({ at: shown, saw: `audited ${form}; ${good.length} of its tools were called with success` })
      },
    }),
    attested('production-testing', 'Was it tested in an environment like that of production?'),
  ],
}

export default item
