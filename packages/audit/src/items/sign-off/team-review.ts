import type { Item } from '../../core/item.ts'
import { attested } from '../attested.ts'

const item: Item = {
  id: 'team-review',
  area: 'sign-off',
  rows: [165],
  title: 'The team agreed to the release',
  level: 'should',
  why: 'A release that one person decided alone has nobody else who knows how to run it.',
  how: 'Let the team that will operate it agree to the release, then record it in airworthy.json.',
  refs: ['https://sre.google/sre-book/launch-checklist/'],
  checks: [attested('team-review', 'Has the team agreed to release this commit?')],
}

export default item
