import { check, type Item } from '../../core/item.ts'
import { fail, pass, unknown, type Evidence } from '../../core/verdict.ts'
import { defaultStart } from '../../gather/default-start.ts'

const item: Item = {
  id: 'default-values',
  area: 'configuration',
  rows: [57],
  title: 'It starts with nothing set but what it asks for',
  level: 'must',
  why: 'Whoever tries a server sets nothing; where it then ends without saying what is missing, they read its source or leave.',
  how: 'Give every setting a default that works. Where there can be none, such as for a key, end with exit code 1 and name each missing variable in one sentence.',
  refs: ['https://12factor.net/config', 'https://clig.dev/#configuration'],
  checks: [
    check({
      asks: 'Does it start without any variables, or else name those that it needs?',
      needs: { defaultStart },
      judge: ({ defaultStart }) => {
        if (defaultStart === null) return unknown('only its URL is known: give the command that starts it too')
        const { asked, outcome, tools, words, code, left } = defaultStart
        const given = asked.map(({ name }) => name).join(', ')
        const at = given === '' ? 'started with no variables set' : `started with ${given} alone`
        if (outcome === 'needs-more')
          return unknown(
            `${at} it ends with «${words}», and with all variables of this shell it starts: give those that it needs with --env`,
          )
        if (outcome === 'silent')
          return fail({
            at,
            saw: `it ${code === null ? 'comes to no handshake' : `ends with exit code ${code}`} and names no variable: «${words}» (it starts with ${left.join(', ') || 'more'})`,
            wanted: 'a start, or a sentence that names each variable that is missing',
          })
        const sentences = asked.map(({ name, said }): Evidence => ({ at: `started without ${name}`, saw: `«${said}»` }))
        return pass(
          { at, saw: tools === null ? 'a handshake' : `a handshake, and ${tools} tools are listed` },
          ...sentences,
        )
      },
    }),
  ],
}

export default item
