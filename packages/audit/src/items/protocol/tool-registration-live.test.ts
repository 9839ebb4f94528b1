import { describe, expect, it } from 'vitest'
import toolRegistration from './tool-registration.ts'

const tool = (name: string) => ({ name, annotations: { readOnlyHint: true } })
const judgeLive = (...names: string[]) =>
  toolRegistration.checks[1]?.judge({ lists: { tools: names.map(tool), capabilities: { tools: {} } } })
const registered = (name: string | null, given = {}) => ({
  kind: 'tool',
  name,
  group: 'a',
  unreachable: null,
  ...given,
})
const compare = (names: string[], registrations: unknown[]) =>
  toolRegistration.checks[2]?.judge({ lists: { tools: names.map(tool) }, registrations })

describe('tool-registration, live', () => {
  it('passes valid, unique names and tells of annotations', () => {
    expect(judgeLive('add', 'sub')).toMatchObject({ status: 'pass' })
    expect(JSON.stringify(judgeLive('add', 'sub'))).toContain('2 of 2 listed tools')
  })

  it.each([
    ['twice the same', ['add', 'add']],
    ['a space', ['add two']],
    ['nothing', ['']],
  ])('fails %s', (_, names) => {
    expect(judgeLive(...names)).toMatchObject({ status: 'fail' })
  })

  it('passes a list that agrees with the source', () => {
    expect(compare(['add'], [registered('add')])).toMatchObject({ status: 'pass' })
    const optional = registered('reset', { group: null })
    expect(compare(['add'], [registered('add'), optional])).toMatchObject({ status: 'pass' })
  })

  it.each([
    ['a tool that was not found', ['add', 'sub'], [registered('add')]],
    ['a tool that is not listed', ['add'], [registered('add'), registered('sub')]],
    ['names made at run time', ['add', 'sub'], [registered('add'), registered(null)]],
    ['another server', ['add'], [registered('other')]],
  ])('leaves open %s', (_, names, registrations) => {
    expect(compare(names, registrations)).toMatchObject({ status: 'unknown' })
  })
})
