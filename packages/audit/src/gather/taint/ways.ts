import type { FunctionValue, Module } from '../code/values.ts'
import type { Edge, Graph } from '../reached/graph.ts'

export const maxWays = 60
const maxLength = 16
const maxOpen = 4000

/** The ways from where requests enter to a function, the shortest first. */
export const waysTo = (
  target: FunctionValue,
  graph: Graph,
  isEntry: (of: FunctionValue, module: Module) => boolean,
): { ways: Edge[][]; isCut: boolean } => {
  const module = graph.functions.get(target)
  const ways: Edge[][] = []
  if (!module) return { ways, isCut: false }
  let open: { at: FunctionValue; module: Module; way: Edge[] }[] = [{ at: target, module, way: [] }]
  let count = 0
  while (open.length > 0) {
    const next: typeof open = []
    for (const { at, module: file, way } of open) {
      if (isEntry(at, file)) {
        ways.push(way)
        if (ways.length >= maxWays) return { ways, isCut: true }
        // what is called by another handler as well is reached through both
      }
      if (way.length >= maxLength) continue
      for (const edge of graph.into(at)) {
        if (edge.from === target || way.some(each => each.from === edge.from)) continue
        if (++count > maxOpen) return { ways, isCut: true }
        next.push({ at: edge.from, module: edge.module, way: [edge, ...way] })
      }
    }
    open = next
  }
  return { ways, isCut: false }
}
