import { nothing, type Value } from './values.ts'

const placeholder = /%(?:\(([^()]{1,100})\))?[#0 +-]{0,5}[\d*.]{0,10}([a-zA-Z%])/g

/** `"%s is %d" % (a, b)` as the parts of a text; with an unknown part where it cannot be told what goes where. */
export const formatted = (template: Value, given: Value): Value => {
  const undecided: Value = { is: 'join', parts: [template, nothing, given] }
  if (template.is !== 'text') return undecided
  const items = given.is === 'list' ? given.items : [given]
  if (items.some(({ is }) => is === 'spread')) return undecided
  const parts: Value[] = []
  let end = 0
  let used = 0
  const { text } = template
  for (const { 0: found, 1: key, 2: conversion, index } of text.matchAll(placeholder)) {
    if (index > end) parts.push({ is: 'text', text: text.slice(end, index) })
    end = index + found.length
    if (conversion === '%') parts.push({ is: 'text', text: '%' })
    else if (key !== undefined) parts.push({ is: 'member', of: given, name: key })
    else if (found.includes('*')) return undecided
    else parts.push(items[used++] ?? nothing)
  }
  if (end < text.length) parts.push({ is: 'text', text: text.slice(end) })
  return used === 0 || used === items.length ? { is: 'join', parts } : undecided
}
