import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

const hashLength = 32
const hashOf = bytes => createHash('sha256').update(bytes).digest()

/** Makes no more than one folder: Node tries for ever to make some paths that cannot be. */
const enter = folder => {
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
  return folder
}

/** Below the home of the user, not in a repository that stands here. Null where none is the user's alone. */
const cacheFolder = () => {
  try {
    const { XDG_CACHE_HOME: given } = process.env
    const caches = given?.startsWith('/') ? given : join(homedir(), '.cache')
    const here = process.cwd()
    if (here !== homedir() && caches.startsWith(join(here, '/'))) return null
    const folder = ['airworthy', 'compiled'].reduce((around, name) => enter(join(around, name)), enter(caches))
    const { uid, mode } = statSync(folder)
    return (uid === 0 || uid === process.getuid?.()) && (mode & 0o022) === 0 ? folder : null
  } catch {
    return null
  }
}

/** What V8 compiled of this very source; undefined for that of another one, and for what is not whole. */
const readCompiled = (file, source) => {
  try {
    const kept = readFileSync(file)
    const [of, sum, code] = [
      kept.subarray(0, hashLength),
      kept.subarray(hashLength, 2 * hashLength),
      kept.subarray(2 * hashLength),
    ]
    return of.equals(source) && sum.equals(hashOf(code)) ? code : undefined
  } catch {
    return undefined
  }
}

const keepCompiled = (file, source, code) => {
  const part = `${file}.${process.pid}`
  try {
    writeFileSync(part, Buffer.concat([source, hashOf(code), code]), { mode: 0o600 })
    renameSync(part, file)
  } catch {
    rmSync(part, { force: true })
  }
}

/** What was compiled is only taken with the flags of its time: those of instruments/ruff-inside.ts are taken back. */
const resetFlags = () => {
  for (const flag of ['--no-liftoff-only', '--wasm-tier-up', '--wasm-dynamic-tiering', '--no-wasm-lazy-validation'])
    setFlagsFromString(flag)
}

/** Runs the bundle. Node 20 cannot keep what it compiled by itself; what an audit has met is compiled by its end. */
const runKept = (bundle, folder) => {
  const bytes = readFileSync(bundle)
  const source = hashOf(bytes)
  const file = join(folder, `${process.version}-${process.arch}`)
  const cachedData = readCompiled(file, source)
  const script = new Script(module.wrap(bytes.toString('latin1')), {
    filename: bundle,
    ...(cachedData ? { cachedData } : {}),
  })
  const isKept = cachedData !== undefined && script.cachedDataRejected === false
  if (!isKept && process.argv.includes('check'))
    process.once('exit', code => {
      resetFlags()
      if (code < 2) keepCompiled(file, source, script.createCachedData())
    })
  const made = { exports: {} }
  script.runInThisContext()(made.exports, createRequire(bundle), made, bundle, dirname(bundle))
}

/** Runs the bundle as a CommonJS module, with what was compiled of it the last time. */
export const start = bundle => {
  const folder = cacheFolder()
  if (!folder || process.env.NODE_DISABLE_COMPILE_CACHE) createRequire(bundle)(bundle)
  else if (module.enableCompileCache) {
    module.enableCompileCache(folder)
    process.once('exit', resetFlags)
    createRequire(bundle)(bundle)
  } else runKept(bundle, folder)
}
