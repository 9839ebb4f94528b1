import { describe, expect, it } from 'vitest'
import { contradictionIn } from './content-types.ts'

const png = Buffer.from('89504e470d0a1a0a', 'hex').toString('base64')
const pdf = Buffer.from('%PDF-1.7').toString('base64')

describe('content types', () => {
  it.each([
    [{ text: '# Guide' }, 'text/markdown'],
    [{ text: '[1]' }, 'application/json; charset=utf-8'],
    [{ text: '<svg/>' }, 'image/svg+xml'],
    [{ blob: png }, 'image/png'],
    [{ blob: pdf }, ''],
    [{ text: 'anything' }, ''],
  ])('takes %j as %s', (content, type) => {
    expect(contradictionIn(content, type)).toBeNull()
  })

  it.each([
    [{ text: '# Guide' }, 'application/json'],
    [{ text: 'pixels' }, 'image/png'],
    [{ blob: pdf }, 'image/png'],
    [{ blob: Buffer.from('a\0b').toString('base64') }, 'text/plain'],
    [{}, 'text/plain'],
  ])('does not take %j as %s', (content, type) => {
    expect(contradictionIn(content, type)).toBeTypeOf('string')
  })
})
