import { describe, expect, it } from 'vitest'
import { reasonNotToCall } from './tool-plan.ts'
import type { Tool } from './lists.ts'

const tool = (given: Partial<Tool>): Tool => ({
  name: 'tool',
  title: '',
  description: '',
  inputSchema: { type: 'object' },
  annotations: {},
  ...given,
})

describe('reasonNotToCall', () => {
  it.each([
    ['an annotated reader', tool({ name: 'do_it', annotations: { readOnlyHint: true } })],
    ['a reader by name', tool({ name: 'get_weather' })],
    ['one that shapes a text', tool({ name: 'format_date', inputSchema: { properties: { date: {}, format: {} } } })],
    ['a reader in camel case', tool({ name: 'searchNotes' })],
    ['arithmetic', tool({ name: 'add', inputSchema: { type: 'object', properties: { a: { type: 'number' } } } })],
  ])('lets %s be called', (_, given) => {
    expect(reasonNotToCall(given, [])).toBeNull()
  })

  it.each([
    ['a destructive tool', tool({ name: 'get_rid', annotations: { destructiveHint: true } })],
    ['a writer', tool({ name: 'list', annotations: { readOnlyHint: false } })],
    ['contradicting hints', tool({ annotations: { readOnlyHint: true, destructiveHint: true } })],
    ['a writer by name', tool({ name: 'get_or_create_user' })],
    ['an unknown effect', tool({ name: 'do_thing' })],
    ['one that shapes a document', tool({ name: 'format_table', inputSchema: { properties: { filename: {} } } })],
    ['adding a thing', tool({ name: 'add', inputSchema: { type: 'object', properties: { a: { type: 'string' } } } })],
    ['a description that writes', tool({ name: 'check', description: 'Delete all old files. Then…' })],
  ])('does not let %s be called', (_, given) => {
    expect(reasonNotToCall(given, [])).not.toBeNull()
  })

  it('takes the word of the user', () => {
    const destructive = tool({ name: 'drop', annotations: { destructiveHint: true } })
    expect(reasonNotToCall(destructive, ['drop'])).toBeNull()
    expect(reasonNotToCall(destructive, ['*'])).toBeNull()
    expect(reasonNotToCall(destructive, ['other'])).not.toBeNull()
  })
})
