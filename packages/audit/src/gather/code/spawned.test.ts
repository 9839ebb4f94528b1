import { expect, it } from 'vitest'
import { spawnedBy } from './spawned.ts'
import { readTypeScript } from './typescript.ts'

const read = (text: string): string[] =>
  spawnedBy(readTypeScript({ path: 'src/a.ts', language: 'typescript', text, role: 'server' }))

it('finds the files that a module starts beside itself', () => {
  expect(read("const a = path.join(import.meta.dirname, 'daemon.js')")).toEqual(['./daemon.js'])
  expect(read("const a = join(__dirname, '..', 'bin', 'start.cjs')")).toEqual(['../bin/start.cjs'])
  expect(read("new Worker(new URL('./worker.js', import.meta.url))")).toEqual(['./worker.js'])
})

it('takes no other files for such', () => {
  expect(read("const a = path.join(import.meta.dirname, 'data.json')")).toEqual([])
  expect(read("const a = path.join(folder, 'daemon.js')")).toEqual([])
  expect(read("const a = new URL('https://a.test/b.js')")).toEqual([])
})
