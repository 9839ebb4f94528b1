import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { desktop } from '../../gather/desktop.ts'

const item: Item = {
  id: 'claude-desktop',
  area: 'client',
  rows: [140],
  title: 'It works as a desktop client starts it',
  level: 'must',
  why: 'Desktop clients start servers with few variables, from another directory and without a terminal; much works only in the author’s shell.',
  how: 'Resolve files relative to the code, not to the current directory, and take settings from declared variables alone.',
  refs: ['https://modelcontextprotocol.io/docs/develop/connect-local-servers'],
  applies: { transport: 'stdio', profile: 'local' },
  checks: [
    check({
      asks: 'Does it start from another directory with a bare environment, list its tools, answer a call and end?',
      needs: { desktop },
      judge: ({ desktop: { bound, started, ms, tools, call, callFailed, words, endedAfter } }) => {
        if (bound !== null)
          return unknown(`${bound}: audit the command that a client configuration would hold (--client-config)`)
        const at = 'started with a bare environment in an empty directory'
        if (!started)
          return fail({ at, saw: `no handshake; its last words: ${words.slice(0, 300)}`, wanted: 'a handshake' })
        const broken: Evidence[] = callFailed
          ? [{ at, saw: `a call that works elsewhere failed: ${call}`, wanted: 'the same answer as elsewhere' }]
          : []
        const ending = endedAfter === null ? 'had to be ended' : `ended ${Math.round(endedAfter)} ms after its input`
        const done = `handshake after ${Math.round(ms)} ms, ${tools} tools, ${call ? `called ${call}` : 'no tool could be called'}, ${ending}`
        return judged(broken, [{ at, saw: done }], 'not reached')
      },
    }),
  ],
}

export default item
