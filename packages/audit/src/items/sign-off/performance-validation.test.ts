import { expect, it } from 'vitest'
import { answerTo } from '../../testing/judging.ts'
import performanceValidation from './performance-validation.ts'

const slow = { tool: 'find', calls: 20, failed: 0, p50: 100, p95: 400, p99: 500, timed: false }
const asked = { ...slow, tool: 'wait', p95: 3000, timed: true }
const judge = (declaredBudgets: object, tools = [asked, slow], busy: string | null = null) =>
  answerTo(performanceValidation, {
    declaredBudgets,
    opening: { ms: 300 },
    latencies: { tools, callable: 2, left: 0, budgetMs: 1000, busy },
    memory: { idleMb: 80, peakMb: 120 },
  })

const met = { startupMs: 1000, p95Ms: 500, idleMb: 100, peakMb: 200 }

it('passes figures within what was promised', () => {
  expect(judge(met).status).toBe('pass')
  expect(judge({ p95Ms: 400 }).status).toBe('pass')
})

it.each([{ startupMs: 200 }, { p95Ms: 399 }, { idleMb: 50 }, { peakMb: 100 }])('fails %j', budget => {
  expect(judge({ ...met, ...budget }).status).toBe('fail')
})

it('is undecided where nothing was promised', () => {
  expect(judge({ outboundMs: 10 }).status).toBe('unknown')
})

it('is undecided where the machine was too busy to measure', () => {
  expect(judge(met, [slow], 'this machine is busy').status).toBe('unknown')
})

it('is undecided where what was promised could not be measured', () => {
  expect(judge(met, [asked]).status).toBe('unknown')
  expect(judge(met, [{ ...slow, calls: 2 }]).status).toBe('unknown')
  expect(judge({ ...met, idleMb: 50 }, [asked]).status).toBe('fail')
})
