import { expect } from 'vitest'
import { Refusal } from '../core/refusal.ts'
import { findLaunch } from '../target/discover/find-launch.ts'
import { openRepository } from '../target/repository.ts'
import { plant } from './planted.ts'

type Files = Parameters<typeof plant>[0]

/** How a server of these files is started, with the root cut off: `command arg arg`. */
export const find = async (files: Files) => {
  const planted = plant(files)
  try {
    const { root } = openRepository(planted.root)
    const { launch, note } = await findLaunch(openRepository(root), 'DIR')
    const line = [launch.command, ...launch.args].join(' ').replaceAll(`${root}/`, '').replaceAll(root, '.')
    return { line, origin: launch.origin, env: launch.env, cwd: launch.cwd.slice(root.length + 1), note, root }
  } finally {
    planted.remove()
  }
}

/** What is said where none of these files can be started. */
export const refuse = async (files: Files): Promise<{ message: string; hint: string }> => {
  const error: unknown = await find(files).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(Refusal)
  const { message, hint } = error as Refusal
  expect(hint).toContain('airworthy check DIR -- COMMAND')
  return { message, hint }
}
