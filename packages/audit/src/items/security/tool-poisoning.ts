import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, type Evidence } from '../../core/verdict.ts'
import { definitions, toldInResults, type Suspicious } from '../../gather/definitions.ts'
import { shown } from '../../gather/proven-tools.ts'
import { changesSinceLock, relisted, type ToolChange } from '../../gather/tool-changes.ts'

const told = ({ at, what, saw }: Suspicious): Evidence => ({
  at,
  saw: `${what}: ${saw}`,
  wanted: 'texts that say what something does, readable for the person as for the model',
})

const changed = ({ tool, what, before, after }: ToolChange, wanted: string): Evidence => ({
  at: `tool ${tool}`,
  saw: `${what}${before || after ? `: ${JSON.stringify(before)} → ${JSON.stringify(after)}` : ''}`,
  wanted,
})

const item: Item = {
  id: 'tool-poisoning',
  area: 'security',
  rows: [],
  title: 'Definitions say what a person would see in them',
  level: 'must',
  why: 'A description is read by the model as an instruction: what is hidden in it acts with the rights of every other tool of the client.',
  how: 'Keep texts plain and free of orders, publish definitions with the code, and remember them with `airworthy check --lock` so that each change is looked at.',
  refs: [
    'https://modelcontextprotocol.io/specification/2026-07-28/server/tools',
    'https://owasp.org/www-project-top-10-for-large-language-model-applications/',
    'https://cwe.mitre.org/data/definitions/1427.html',
  ],
  combine: 'all',
  checks: [
    check({
      asks: 'Is nothing hidden in names, descriptions, schemas and instructions, and do they give no orders?',
      needs: { definitions },
      judge: ({ definitions: { texts, tools, suspicious } }) =>
        texts === 0
          ? notApplicable('the server defines nothing')
          : judged(
              shown(suspicious.map(told)),
              [
                {
                  at: `${texts} texts in the definitions of ${tools} tools and the rest`,
                  saw: 'no invisible characters, no hidden instructions, no orders about other tools',
                },
              ],
              'nothing was listed',
            ),
    }),
    check({
      asks: 'Do the answers of tools give no orders to the model?',
      applies: { capability: 'tools' },
      needs: { toldInResults },
      judge: ({ toldInResults: { results, suspicious } }) =>
        results === 0
          ? notApplicable('no tool was called with success')
          : judged(
              shown(suspicious.map(told)),
              [{ at: `${results} results`, saw: 'no invisible characters, no hidden instructions' }],
              'no tool was called with success',
            ),
    }),
    check({
      asks: 'Are the tools the same on each connection, before and after a call?',
      applies: { capability: 'tools' },
      needs: { relisted },
      judge: ({ relisted: { changes, listings } }) =>
        judged(
          shown(changes.map(change => changed(change, 'the same definition each time'))),
          listings > 1 ? [{ at: `${listings} listings on 2 connections`, saw: 'the same tools each time' }] : [],
          'the tools could not be listed a second time',
        ),
    }),
    check({
      asks: 'Are the tools as they were when their definitions were remembered?',
      applies: { capability: 'tools' },
      needs: { changesSinceLock },
      judge: ({ changesSinceLock: { changes, tools, versions } }) => {
        if (changes === null)
          return notApplicable(
            'their definitions were not remembered: airworthy check --lock writes airworthy.lock.json',
          )
        const since = versions[0] === versions[1] ? `version ${versions[1]}` : `version ${versions.join(' → ')}`
        const wanted = `what airworthy.lock.json has (${since}); when the change is right, accept it with --lock`
        const same = [{ at: 'airworthy.lock.json', saw: `${tools} tools, all as they were (${since})` }]
        return judged(shown(changes.map(change => changed(change, wanted))), same, 'not reached')
      },
    }),
  ],
}

export default item
