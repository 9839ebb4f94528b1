import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { isSame, settingsFileRuns, type Reload } from '../../gather/settings-file-runs.ts'

const faultsOf = ({ by, changedAfter, lost, broken }: Reload): Evidence[] => {
  const how = by === 'watch' ? 'the file was changed' : `the file was changed and ${by} sent`
  if (changedAfter === null)
    return [
      { at: how, saw: `the change does not show${lost[0] ? `: ${lost[0]}` : ''}`, wanted: 'what the new file says' },
    ]
  const dropped = lost.map(saw => ({
    at: how,
    saw: `a call meanwhile failed: ${saw}`,
    wanted: 'an answer to each call',
  }))
  const after = 'after a file that cannot be read'
  if (broken && !broken.kept)
    return [...dropped, { at: after, saw: broken.saw, wanted: 'the settings from before, and a word in the log' }]
  if (broken && !broken.recovered)
    return [...dropped, { at: after, saw: 'a good file is not taken up any more', wanted: 'what the new file says' }]
  return dropped
}

const item: Item = {
  id: 'config-reloading',
  area: 'configuration',
  rows: [103],
  title: 'A change of the settings is taken up while it runs',
  level: 'may',
  why: 'A restart drops every session and every call in flight; and where a typing error in the new file takes the server down, nobody dares to change anything.',
  how: 'Read the file again on SIGHUP (or watch it), check it as at the start, replace the settings in one step, and when it is wrong keep those from before and log an error.',
  refs: [
    'https://www.man7.org/linux/man-pages/man7/daemon.7.html',
    'https://nodejs.org/api/process.html#signal-events',
  ],
  checks: [
    check({
      asks: 'Does a change show without a restart, and does a broken file keep what was there?',
      needs: { settingsFileRuns },
      judge: ({ settingsFileRuns: { first, second, reload } }) => {
        if ('failed' in first || 'failed' in second)
          return unknown(
            `with the declared file: ${'failed' in first ? first.failed : 'failed' in second ? second.failed : ''}`,
          )
        if (isSame(first, second))
          return unknown('the declared call answers the same under both contents of the declared file')
        if (reload === null)
          return unknown('declare what makes it take up a change (SIGHUP, watch) as configuration.file.reload')
        const [fault, ...more] = faultsOf(reload)
        if (fault) return fail(fault, ...more)
        if (reload.broken === null) return unknown('declare a content that cannot be read as configuration.file.broken')
        const { by, changedAfter, calls } = reload
        const saw = `the change shows after ${Math.round(changedAfter ?? 0)} ms, all ${calls} calls meanwhile are answered, and a broken file changes nothing`
        return judged(
          [],
          [{ at: by === 'watch' ? 'the file was changed' : `changed, and ${by} sent`, saw }],
          'not reached',
        )
      },
    }),
  ],
}

export default item
