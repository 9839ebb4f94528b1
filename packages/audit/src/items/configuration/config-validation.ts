import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { wrongSettings } from '../../gather/wrong-settings.ts'
import { wrongSourceSettings } from '../../gather/wrong-source-settings.ts'
import type { WrongStart } from '../../gather/wrong-starts.ts'

const wanted = 'a start that ends at once with an exit code other than 0 and one sentence that names the setting'

const faultOf = ({ outcome, code, signal, ms, named, words, hasStack, overHttp }: WrongStart): string | null => {
  if (outcome === 'started') return named === null ? 'it starts and says nothing of it' : null
  if (outcome === 'busy') return null
  if (outcome === 'lingered') return overHttp ? `it neither serves nor ends within ${Math.round(ms / 1000)} s` : null
  if (signal !== null) return `it was ended by ${signal}`
  const said = words === '' ? 'and says nothing' : `and does not name the setting: «${words}»`
  if (named === null) return `it ${hasStack ? 'crashes' : 'ends'} with exit code ${code} ${said}`
  return code === 0 ? `it ends with exit code 0, as if all had gone well: «${named}»` : null
}

const placeOf = ({ setting, value }: WrongStart): string =>
  setting.startsWith('-') ? `started with ${setting} ${JSON.stringify(value)}` : `started with ${setting}=${value}`

const proofOf = (start: WrongStart): Evidence => ({
  at: placeOf(start),
  saw: `exit code ${start.code} after ${Math.round(start.ms)} ms: «${start.named}»`,
})

/** A server that warns and goes on has looked at the value, but whoever set it may never read the log. */
const warningOf = (start: WrongStart): Evidence => ({
  at: placeOf(start),
  saw: `it starts with another value and says so: «${start.named}»`,
})

const judge = (starts: WrongStart[]): Verdict => {
  const broken = starts.flatMap((start): Evidence[] => {
    const saw = faultOf(start)
    return saw === null ? [] : [{ at: placeOf(start), saw: `${saw} (${start.because})`, wanted }]
  })
  const refused = starts.filter(({ outcome }) => outcome === 'refused')
  const warned = starts.filter(({ outcome, named }) => outcome === 'started' && named !== null)
  const open =
    warned.length > 0
      ? `it starts with ${warned.map(({ setting }) => setting).join(', ')} set to something wrong and only says so in its log`
      : 'with a wrong value it came neither to its end nor to a handshake'
  const proven = refused.length > 0 ? [...refused.map(proofOf), ...warned.map(warningOf)] : []
  return judged(broken, proven, open)
}

const item: Item = {
  id: 'config-validation',
  area: 'configuration',
  rows: [56, 102],
  title: 'Wrong settings are refused at the start',
  level: 'must',
  why: 'A typing error in a setting that is left out without a word, or that shows only at the first use, is found in production, far from where it was made.',
  how: 'Read all settings in one place before anything is served, check each against its type and range, and end with exit code 1 and one sentence for each: NOTES_PORT must be a whole number from 1 to 65535, not "banana".',
  refs: [
    'https://docs.pydantic.dev/latest/concepts/pydantic_settings/',
    'https://zod.dev/api',
    'https://12factor.net/config',
  ],
  checks: [
    check({
      asks: 'Does it refuse to start with values that are known to be wrong, and say which setting it was?',
      needs: { wrongSettings },
      judge: ({ wrongSettings }) =>
        wrongSettings.length === 0
          ? notApplicable(
              'the start command gives no number or URL, and airworthy.json declares no wrong values: "configuration": { "wrong": { "NAME": "value" } }',
            )
          : judge(wrongSettings),
    }),
    check({
      asks: 'Does it refuse to start with a word where its source reads a number or a URL?',
      rows: [56, 102],
      needs: { wrongSourceSettings },
      judge: ({ wrongSourceSettings: { starts, settings } }) => {
        if (settings === 0) return notApplicable('the source reads no settings')
        if (starts.length === 0)
          return unknown(
            'no setting that is documented is read as a number or a URL: declare values that have to be refused as "configuration": { "wrong": { "NAME": "value" } } in airworthy.json',
          )
        return judge(starts)
      },
    }),
  ],
}

export default item
