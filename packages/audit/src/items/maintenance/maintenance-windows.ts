import type { Item } from '../../core/item.ts'
import { attested } from '../attested.ts'

const item: Item = {
  id: 'maintenance-windows',
  area: 'maintenance',
  rows: [74],
  title: 'Maintenance windows are agreed',
  level: 'may',
  why: 'Without an agreed time, every restart is an outage for somebody.',
  how: 'Agree with the users when the service may be down, then record it in airworthy.json.',
  refs: ['https://sre.google/sre-book/service-level-objectives/'],
  applies: { profile: 'service' },
  checks: [attested('maintenance-windows', 'Have maintenance windows been agreed with the users?')],
}

export default item
