#!/usr/bin/env node
import { statSync } from 'node:fs'

const builtAt = path => statSync(new URL(`../dist/${path}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0
const bundledAt = builtAt('bundle/main.js')
// the bundle starts faster; without it each place in a stack trace is one in dist/
const isBundled = !process.env.AIRWORTHY_DEBUG && bundledAt > 0 && bundledAt >= builtAt('.tsbuildinfo')
await import(isBundled ? '../dist/bundle/main.js' : '../dist/cli/main.js')
