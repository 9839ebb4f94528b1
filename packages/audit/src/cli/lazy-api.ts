import type * as api from '../api.ts'

type Api = typeof api

let loading: Promise<Api> | undefined

/** Most of the program, which `--version` and `--help` do without. */
export const loadApi = (): Promise<Api> => (loading ??= import('../api.ts'))

/** Ends what an audit started; nothing when none was asked for. */
export const stopAudits = async (): Promise<void> => {
  const loaded = await loading
  await loaded?.stopAudits()
}
