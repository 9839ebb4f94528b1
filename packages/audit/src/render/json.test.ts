import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import type { Report } from '../core/report.ts'
import { sampleReport } from '../testing/sample-report.ts'
import { json } from './json.ts'

const schema = JSON.parse(readFileSync(new URL('../../report.schema.json', import.meta.url), 'utf8')) as object
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true })
addFormats.default(ajv)
const isReport = ajv.compile(schema)

const faultsOf = (value: unknown): string[] => {
  isReport(value)
  return (isReport.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

describe('the JSON report', () => {
  it('is what its schema says', () => {
    expect(faultsOf(JSON.parse(json(sampleReport())))).toEqual([])
  })

  it.each<[string, (report: Report) => void]>([
    ['an unknown member', report => Object.assign(report, { extra: 1 })],
    [
      'a failure without evidence',
      report => report.items.forEach(item => item.verdicts.forEach(v => delete v.evidence)),
    ],
    ['a missing row', report => report.rows.pop()],
    ['an invented status', report => report.items.forEach(item => Object.assign(item, { status: 'maybe' }))],
    ['a wrong date', report => Object.assign(report.run, { startedAt: 'yesterday' })],
  ])('is refused by its schema with %s', (_, spoil) => {
    const report = sampleReport()
    spoil(report)
    expect(faultsOf(JSON.parse(json(report)))).not.toEqual([])
  })

  it('describes every member', () => {
    const undescribed = [...json(schema).matchAll(/"properties": \{/g)].length
    expect(undescribed).toBeGreaterThan(8)
    const walk = (node: unknown, at: string): string[] => {
      if (typeof node !== 'object' || node === null) return []
      const { properties } = node as { properties?: Record<string, Record<string, unknown>> }
      const bare =
        at.includes('/if') || !properties
          ? []
          : Object.entries(properties)
              .filter(([, member]) => !('description' in member) && !('$ref' in member))
              .map(([name]) => `${at}/${name}`)
      return [...bare, ...Object.entries(node).flatMap(([key, child]) => walk(child, `${at}/${key}`))]
    }
    expect(walk(schema, '')).toEqual([])
  })

  it('prints the same bytes for the same report', () => {
    expect(json(sampleReport())).toBe(json(sampleReport()))
    expect(json({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}\n')
  })
})
