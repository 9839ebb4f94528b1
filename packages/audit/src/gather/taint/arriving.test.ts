import { expect, it } from 'vitest'
import type { FunctionValue, Module } from '../code/values.ts'
import type { Edge } from '../reached/graph.ts'
import { openArriving } from './arriving.ts'
import type { Frame } from './data.ts'
import { asEntry } from './entering.ts'
import type { Machine } from './machine.ts'

const module = { path: 'server.ts', language: 'typescript' } as Module
const named = (name: string): FunctionValue => ({ is: 'function', name, parameters: [], line: 1, at: 0 }) as never
const [handler, first, second, third] = [named('handler'), named('first'), named('second'), named('third')]
const edge = (from: FunctionValue, to: FunctionValue): Edge => ({ from, module, call: null, to, target: module })
const [toFirst, toSecond, toThird] = [edge(handler, first), edge(first, second), edge(first, third)]
const entry = asEntry(handler, module)

/** Counts how often each function is entered; what that takes is told for some. */
const open = (costs: Map<FunctionValue, number>) => {
  const entered: string[] = []
  const machine = (): Machine => {
    const trial = { steps: 0 }
    const enter = ({ of }: { of: FunctionValue }): Partial<Frame> => {
      entered.push(of.name ?? '')
      trial.steps += costs.get(of) ?? 1
      return { module, function: of }
    }
    const bodies = { of: () => ({ calls: [] }) }
    return { trial, enter, bodies, values: () => [], top: () => ({}) } as unknown as Machine
  }
  const arrive = openArriving(machine, 100)
  const go = (...way: Edge[]) => arrive({ entry, way }, { function: third, module }, frame => frame.function?.name)
  return { go, entered }
}

it('follows ways that begin alike once', () => {
  const { go, entered } = open(new Map())
  expect(go(toFirst, toSecond)).toMatchObject({ found: 'second', isCut: false })
  expect(go(toFirst, toThird)).toMatchObject({ found: 'third', isCut: false, steps: 1 })
  expect(entered).toEqual(['handler', 'first', 'second', 'third'])
})

it('says each time that a way takes more steps than are followed, and goes it once', () => {
  const { go, entered } = open(new Map([[second, 1000]]))
  expect(go(toFirst, toSecond)).toMatchObject({ found: 'second', isCut: true, steps: 1002 })
  expect(go(toFirst, toSecond)).toMatchObject({ found: 'second', isCut: true, steps: 0 })
  expect(entered).toEqual(['handler', 'first', 'second'])
  // the others are followed as if nothing had been given up
  expect(go(toFirst, toThird)).toMatchObject({ found: 'third', isCut: false })
  expect(entered).toEqual(['handler', 'first', 'second', 'handler', 'first', 'third'])
})
