import { expect, it } from 'vitest'
import { saysFailed } from './trials.ts'

const answer = (text: string) => ({ content: [{ type: 'text', text }] })

it.each([
  'Document report.docx does not exist',
  'File not found: a.txt',
  '{"success": false, "error": "Document a.docx does not exist"}',
  '{"title": "cat", "summary": null, "error": "Connection error"}',
])('takes no %s for a good answer', text => {
  expect(saysFailed(answer(text))).toBe(true)
})

it.each([
  'No results for "cat"',
  'sunny, 21 °C',
  '{"success": true, "error": null}',
  '{"results": [], "error": ""}',
  `${'A long article. '.repeat(40)}Paradise does not exist.`,
])('takes %s for one', text => {
  expect(saysFailed(answer(text))).toBe(false)
})
