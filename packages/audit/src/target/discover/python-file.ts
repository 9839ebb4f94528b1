import { join } from 'node:path'
import { within, type Candidate, type Source } from './candidate.ts'
import { lacksSdk, pythonCommand, pythonEnvironment } from './python-environment.ts'
import { readProgram } from './python-modules.ts'

const usual = ['server.py', 'main.py', 'app.py', '__main__.py']
const maxFiles = 60

const rank = (path: string): number => {
  const at = usual.indexOf(path.slice(path.lastIndexOf('/') + 1))
  return at < 0 ? usual.length : at
}

/** Python files at the root, in src/ and `__main__.py` of packages that run an MCP server. */
export const pythonFile: Source = async place => {
  const { repository, folder } = place
  const inside = repository.files.filter(path => path.endsWith('.py') && (!folder || path.startsWith(`${folder}/`)))
  const own = (path: string): string => (folder ? path.slice(folder.length + 1) : path)
  const files = inside
    .filter(path => /^(src\/)?([^/]+\.py|[^/]+\/__main__\.py)$/.test(own(path)))
    .filter(
      path => !/(^|\/)(test_[^/]*|[^/]*_test|conftest|setup)\.py$|(^|\/)(tests?|examples?|docs|scripts)\//.test(path),
    )
    .toSorted((a, b) => rank(a) - rank(b) || a.length - b.length || (a < b ? -1 : 1))
    .slice(0, maxFiles)
  const environment = pythonEnvironment(place)
  const cwd = join(repository.root, folder)
  const candidates: Candidate[] = []
  const looked: string[] = []
  for (const path of files) {
    const program = await readProgram(repository, path)
    if (!program?.constructs) continue
    if (!program.runs) {
      looked.push(`${path} (constructs a server and does not run it)`)
      continue
    }
    const [command = 'python3', ...before] = pythonCommand(environment)
    const source: Record<string, string> = own(path).startsWith('src/')
      ? { PYTHONPATH: join(repository.root, within(place, 'src')) }
      : {}
    const name = /([^/]+)\/__main__\.py$/.exec(path)?.[1]
    const run = name ? ['-m', name] : [join(repository.root, path)]
    candidates.push({
      launch: { command, args: [...before, ...run], cwd, env: name ? source : {}, origin: path },
      why: 'it constructs an MCP server and runs it',
      obstacle: lacksSdk(environment),
    })
  }
  return { candidates, looked }
}
