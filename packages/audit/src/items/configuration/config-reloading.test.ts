import { describe, expect, it } from 'vitest'
import type { Reload, SettingsFileRuns } from '../../gather/settings-file-runs.ts'
import configFiles from './config-files.ts'
import configReloading from './config-reloading.ts'

const answer = (text: string) => ({ answer: text, shown: text })
const reload: Reload = {
  by: 'SIGHUP',
  changedAfter: 40,
  calls: 3,
  lost: [],
  broken: { kept: true, saw: 'two', recovered: true },
}
const good: SettingsFileRuns = {
  without: answer('default'),
  first: answer('one'),
  second: answer('two'),
  over: answer('one'),
  reload,
}

describe('config-reloading', () => {
  it.each([
    ['a change that shows', {}, 'pass'],
    ['one that does not show', { reload: { ...reload, changedAfter: null } }, 'fail'],
    ['calls that are dropped', { reload: { ...reload, lost: ['closed'] } }, 'fail'],
    ['a broken file that takes effect', { reload: { ...reload, broken: { ...reload.broken, kept: false } } }, 'fail'],
    [
      'one after which nothing changes',
      { reload: { ...reload, broken: { ...reload.broken, recovered: false } } },
      'fail',
    ],
    ['no declared broken file', { reload: { ...reload, broken: null } }, 'unknown'],
    ['no declared way', { reload: null }, 'unknown'],
    ['contents that make no difference', { second: answer('one') }, 'unknown'],
  ] as [string, Partial<SettingsFileRuns>, string][])('judges %s', (_, given, status) => {
    expect(configReloading.checks[0].judge({ settingsFileRuns: { ...good, ...given } })).toMatchObject({ status })
  })
})

describe('config-files, live', () => {
  it.each([
    ['an environment that wins', {}, 'pass'],
    ['a file that wins', { over: answer('two') }, 'fail'],
    ['a server that needs the file', { without: { failed: 'no handshake', ended: true } }, 'fail'],
    ['what was not declared', { over: null }, 'unknown'],
    ['contents that make no difference', { second: answer('one') }, 'unknown'],
  ] as [string, Partial<SettingsFileRuns>, string][])('judges %s', (_, given, status) => {
    expect(configFiles.checks[1]?.judge({ settingsFileRuns: { ...good, ...given } })).toMatchObject({ status })
  })
})
