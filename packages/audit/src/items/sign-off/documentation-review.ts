import type { Item } from '../../core/item.ts'
import { attested } from '../attested.ts'

const item: Item = {
  id: 'documentation-review',
  area: 'sign-off',
  rows: [164],
  title: 'The documentation was reviewed by a person',
  level: 'should',
  why: 'That documents are there and name what exists can be computed; that they help a reader cannot.',
  how: 'Have someone follow the documents who did not write them, then record it in airworthy.json.',
  refs: ['https://diataxis.fr/'],
  checks: [attested('documentation-review', 'Has a person reviewed the documentation of this commit?')],
}

export default item
