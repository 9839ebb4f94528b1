import { check, type Item } from '../../core/item.ts'
import { fail, notApplicable, pass, unknown } from '../../core/verdict.ts'
import { startedBy } from '../../gather/started-by.ts'
import { startup } from '../../gather/startup.ts'

const item: Item = {
  id: 'startup-script',
  area: 'deployment',
  rows: [62],
  title: 'The start command reaches the handshake',
  level: 'must',
  why: 'Most published servers that fail in production fail before their first answer.',
  how: 'Make the declared start command (bin, console script, npm start) run from a fresh install up to the handshake, and say what is missing when it cannot.',
  refs: ['https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle'],
  checks: [
    check({
      asks: 'Does the start command come to a handshake, and in time?',
      needs: { startup, startedBy },
      judge: ({ startup, startedBy: { command, origin, budgetMs } }) => {
        if (command === null && startup.ready) return notApplicable('the server ran already: only its URL was given')
        const at = command === null ? 'the server at its URL' : `${command} (${origin})`
        if (startup.wantsSettings) return unknown(`${startup.saw}: ${startup.advice}`)
        if (!startup.ready) return fail({ at, saw: startup.saw, wanted: startup.advice })
        return startup.ms > budgetMs
          ? fail({ at, saw: startup.saw, wanted: `a handshake within ${budgetMs} ms` })
          : pass({ at, saw: startup.saw })
      },
    }),
  ],
}

export default item
