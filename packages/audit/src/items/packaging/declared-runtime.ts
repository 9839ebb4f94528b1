import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown } from '../../core/verdict.ts'
import { declaredRuntimes } from '../../gather/declared-runtimes.ts'

const item: Item = {
  id: 'declared-runtime',
  area: 'packaging',
  rows: [],
  title: 'It starts on every version it says it supports',
  level: 'should',
  why: 'People install it under whatever version they have; one that engines or requires-python allows and that does not work ends in an error nobody expects.',
  how: 'Run the tests under the oldest and the newest version in CI, and write into engines (requires-python) the versions that passed.',
  refs: [
    'https://docs.npmjs.com/cli/configuring-npm/package-json#engines',
    'https://packaging.python.org/en/latest/specifications/pyproject-toml/#requires-python',
    'https://nodejs.org/en/about/previous-releases',
  ],
  checks: [
    check({
      asks: 'Does the server start under each version that its package declares?',
      needs: { declaredRuntimes },
      judge: ({ declaredRuntimes: { declared, tried } }) => {
        if (tried.length === 0)
          return declared === null
            ? notApplicable('its package does not say which versions it supports')
            : unknown(`no version that is known lies within ${declared}`)
        const wanted = `a start: the package declares ${declared ?? 'no versions'}`
        const broken = tried.filter(({ started }) => started === false)
        const open = tried.find(({ started }) => started === null)
        if (broken.length === 0 && open) return unknown(`${open.name}: ${open.saw}`)
        return judged(
          broken.map(({ name, saw }) => ({ at: name, saw, wanted })),
          tried.filter(({ started }) => started).map(({ name, saw }) => ({ at: name, saw })),
          'not reached',
        )
      },
    }),
  ],
}

export default item
