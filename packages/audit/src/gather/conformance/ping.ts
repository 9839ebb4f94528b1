import type { Ask } from './asking.ts'

const pings = 8

/** Pings at once, and among other requests. */
export const pingAsks: Ask[] = Array.from({ length: pings }, () => ({ probe: 'ping', method: 'ping' }))
