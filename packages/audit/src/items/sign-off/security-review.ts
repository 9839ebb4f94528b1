import type { Item } from '../../core/item.ts'
import { attested } from '../attested.ts'

const item: Item = {
  id: 'security-review',
  area: 'sign-off',
  rows: [163],
  title: 'The security was reviewed by a person',
  level: 'should',
  why: 'Tools find known patterns; whether the server should be able to do what it can do is for a person to judge.',
  how: 'Review the code for what its tools can reach, then record who, when, until when and for which commit in airworthy.json.',
  refs: ['https://modelcontextprotocol.io/specification/2025-06-18/basic/security_best_practices'],
  checks: [attested('security-review', 'Has a person reviewed the security of this commit?')],
}

export default item
