import type { Address } from './address.ts'

/** Names of this machine that no other machine reaches. */
export const isLoopback = ({ host }: Pick<Address, 'host'>): boolean =>
  host !== null && /^(127(\.\d+){3}|localhost|::1|\[::1\])$/i.test(host.trim())

/** All addresses of the machine. */
export const isEverywhere = ({ host }: Address): boolean =>
  host !== null && /^(0\.0\.0\.0|::|\[::\]|\*|)$/.test(host.trim())
