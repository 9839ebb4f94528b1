import { gatherer } from '../core/item.ts'
import { calibrate } from '../instruments/calibration.ts'

/** How late and how fast this machine is, for whatever judges a time; nothing else of the audit runs meanwhile. */
export const calibration = gatherer({
  id: 'calibration',
  impact: 'start',
  from: 'server',
  alone: true,
  gather: () => calibrate(),
})
