import { isSame, someIn } from '../code/parts.ts'
import type { Scene } from './scenes.ts'

/** `if (this.saving) return; this.saving = true`: what comes after it runs once at a time. */
export const isOneAtATime = (before: number, { of, module, reach }: Scene): boolean => {
  const { guards, writes } = reach.bodies.of(module, of)
  return writes.some(
    ({ target, at }) => at < before && guards.some(({ test }) => someIn(test, part => isSame(part, target))),
  )
}
