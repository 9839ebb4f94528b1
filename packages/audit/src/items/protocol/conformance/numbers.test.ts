import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import item from '../protocol-conformance.ts'

const page = readFileSync(new URL('../../../../../../docs/protocol-requirements.md', import.meta.url), 'utf8')
const listed = [...page.matchAll(/^\| ([A-Z]+-\d\d) +\| [MSC] .*\| (.*?) *\|$/gm)].map(([, id = '', by = '']) => ({
  id,
  by,
}))

it('answers the requirements that its page says, each with its number', () => {
  const own = listed.filter(({ by }) => by.includes(item.id)).map(({ id }) => id)
  const asked = item.checks.map(({ asks, requirement }) => {
    expect(asks.split(':')[0]).toBe(requirement?.id)
    return requirement?.id
  })
  expect(new Set(asked)).toEqual(new Set(own))
})
