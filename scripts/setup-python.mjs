// Makes the virtual environment of the Python fixture server; quick when nothing changed.
// A machine without Python or PyPI is told so in one line and can still run everything else.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '..', 'fixtures', 'servers', 'python')
const environment = join(folder, '.venv')
const python = join(environment, 'bin', 'python')
const stampFile = join(environment, 'requirements.sha256')
const requirements = join(folder, 'requirements.txt')
const stamp = createHash('sha256').update(readFileSync(requirements)).digest('hex')

const skip = reason => {
  console.log(`setup:python: ${reason}; the Python parts will be skipped`)
  process.exit(0)
}

const suits = command => {
  try {
    execFileSync(command, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'], {
      stdio: 'ignore',
      timeout: 20_000,
    })
    return true
  } catch {
    return false
  }
}

if (existsSync(python) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
  console.log('setup:python: the environment is up to date')
  process.exit(0)
}

const found = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'].find(suits)
if (found === undefined) skip('no Python 3.10 or newer with venv was found')

try {
  rmSync(environment, { recursive: true, force: true })
  execFileSync(found, ['-m', 'venv', environment], { stdio: 'pipe', timeout: 120_000 })
} catch {
  skip(`${found} could not make a virtual environment`)
}

try {
  // The file lists every package, so nothing is left to resolve; its head says why that matters.
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirements]
  execFileSync(python, install, { stdio: 'pipe', timeout: 600_000 })
  execFileSync(python, ['-m', 'compileall', '-q', join(folder, 'notes')], { stdio: 'ignore', timeout: 60_000 })
} catch (error) {
  rmSync(environment, { recursive: true, force: true })
  const lines = String(error.stderr ?? error).trim()
  skip(`the packages could not be installed (${lines.slice(lines.lastIndexOf('\n') + 1).slice(0, 200)})`)
}

writeFileSync(stampFile, stamp)
console.log('setup:python: the environment was made')
