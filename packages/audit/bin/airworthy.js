#!/usr/bin/env node
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const builtAt = path => statSync(dist + path, { throwIfNoEntry: false })?.mtimeMs ?? 0
const bundledAt = builtAt('bundle/main.cjs')
// the bundle starts faster; without it each place in a stack trace is one in dist/
const isBundled = !process.env.AIRWORTHY_DEBUG && bundledAt > 0 && bundledAt >= builtAt('.tsbuildinfo')
if (isBundled) (await import('./start.js')).start(`${dist}bundle/main.cjs`)
else await import('../dist/cli/main.js')
