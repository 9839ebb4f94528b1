import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { sampleReport } from '../testing/sample-report.ts'
import { terminal } from './terminal.ts'

describe('the terminal page', () => {
  it.each([60, 80])('reads well at %i columns without colour', async width => {
    await expect(terminal(sampleReport(), { width })).toMatchFileSnapshot(`./pages/${width}.txt`)
  })

  it('says more when asked to', async () => {
    await expect(terminal(sampleReport(), { verbose: true, gate: 'all' })).toMatchFileSnapshot('./pages/verbose.txt')
  })

  it.each([20, 60, 73, 80, 110, 400])('keeps every line within %i columns, or the nearest it can do', width => {
    const kept = Math.min(110, Math.max(60, width))
    for (const colour of [false, true])
      for (const line of terminal(sampleReport(), { width, colour, verbose: true }).split('\n'))
        expect({ line, fits: stringWidth(line) <= kept }).toEqual({ line, fits: true })
  })

  it('adds nothing but colour in colour', () => {
    const coloured = terminal(sampleReport(), { colour: true })
    expect(coloured).toContain('\u001B[')
    // oxlint-disable-next-line no-control-regex -- the page's own colours
    expect(coloured.replaceAll(/\u001B\[\d+m/g, '')).toBe(terminal(sampleReport()))
  })

  it('lets nothing through that the target wrote to the terminal', () => {
    const hostile = sampleReport()
    const attack = '\u001B]8;;http://evil.example\u0007\u001B[2J\u202E\u200B\u009B31m\r\nx'
    hostile.target = { name: attack, repository: attack, server: attack, startedBy: attack }
    Object.assign(hostile.server ?? {}, { name: attack, version: attack, revision: attack })
    hostile.run = {
      ...hostile.run,
      called: [{ tool: attack, arguments: attack, count: 1 }],
      notCalled: [{ tool: attack, because: attack }],
      leftovers: [attack],
      notes: [attack],
    }
    for (const item of hostile.items)
      for (const verdict of item.verdicts) {
        if (verdict.because) verdict.because = attack
        if (verdict.evidence) verdict.evidence = [{ at: attack, saw: attack, wanted: attack }]
      }
    for (const verbose of [false, true])
      expect(terminal(hostile, { verbose })).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u)
  })

  it('tells whether the gate was met', () => {
    const report = sampleReport()
    expect(terminal(report, { gate: 'must' })).toContain('Gate must: not met, 3 must items fail')
    expect(terminal(report, { gate: 'none' })).not.toContain('Gate')
    const good = { ...report, items: report.items.filter(({ status }) => status === 'pass') }
    expect(terminal(good, { gate: 'all' })).toContain('Gate all: met, no item fails')
    const open = { ...report, items: report.items.filter(({ status }) => status !== 'fail') }
    expect(terminal(open, { gate: 'should' })).toContain('Gate should: met, but 7 must or should items are unknown')
  })

  it('says when the server was not reached', () => {
    const { server, ...report } = sampleReport()
    expect(server).toBeDefined()
    expect(terminal(report)).toContain('Server    not reached')
    expect(terminal({ ...report, impact: 'read' })).toContain('Server    not started at impact read')
  })

  it('stays short when a server offers thousands of tools', () => {
    const report = sampleReport()
    const tools = Array.from({ length: 3000 }, (_, index) => `tool-${index}`)
    report.run.called = tools.map(tool => ({ tool, arguments: '{}', count: 1 }))
    report.run.notCalled = tools.map(tool => ({ tool, because: 'its effect is unknown' }))
    const page = terminal(report)
    expect(page.length).toBeLessThan(terminal(sampleReport()).length + 1000)
    expect(page).toContain('+2988 more tools')
    expect(page).toContain('and 2988 more')
  })
})
