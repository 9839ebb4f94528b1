import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { audit, type Report, type VerdictRecord } from '../packages/audit/src/api.ts'

/**
 * Reads the vulnerable and the fixed version of published servers and tells for each defect whether a fitting item fails
 * the one at that place and not the other. Needs the registries of npm and PyPI; what was fetched is kept.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { format: { type: 'string', default: 'terminal' }, verbose: { type: 'boolean', default: false } },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'airworthy-defects')

interface Defect {
  id: string
  registry: 'npm' | 'pypi'
  package: string
  vulnerable: string
  fixed: string
  items: string[]
  tool: string
  reach: string
  vulnerableAt?: string
  fixedAt?: string
}

const defects = JSON.parse(readFileSync(join(root, 'fixtures/defects/defects.json'), 'utf8')) as Defect[]

const run = (command: string, args: string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 180_000 })

/** A registry may lack a version: then the newest before it, which has the same defect, and is said. */
const download = (place: string, name: string, version: string): void => {
  const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--ignore-requires-python', '--only-binary', ':all:']
  try {
    run('python3', [...pip, `${name}==${version}`], place)
  } catch {
    run('python3', [...pip, `${name}<${version}`], place)
    process.stderr.write(`${name} ${version} is not in the registry; took ${readdirSync(place).join(' ')}\n`)
  }
}

/** Unpacks one version; nothing of it is installed or executed. */
const fetchVersion = ({ registry, package: name }: Defect, version: string): string => {
  const folder = join(cache, `${name.replace('/', '+')}@${version}`)
  if (existsSync(folder)) return folder
  const place = `${folder}.part`
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  if (registry === 'npm') {
    run('npm', ['pack', '--silent', `${name}@${version}`], place)
    const archive = readdirSync(place).find(file => file.endsWith('.tgz'))
    run('tar', ['xzf', archive ?? ''], place)
    const inner = readdirSync(place, { withFileTypes: true }).find(entry => entry.isDirectory())
    renameSync(join(place, inner?.name ?? ''), folder)
    rmSync(place, { recursive: true, force: true })
  } else {
    download(place, name, version)
    const wheel = readdirSync(place).find(file => file.endsWith('.whl'))
    run('python3', ['-m', 'zipfile', '-e', wheel ?? '', '.'], place)
    rmSync(join(place, wheel ?? ''))
    renameSync(place, folder)
  }
  return folder
}

type Finding = NonNullable<VerdictRecord['evidence']>[number] & { item: string }

const reports = new Map<string, Report>()
const read = async (defect: Defect, version: string): Promise<Finding[]> => {
  const directory = fetchVersion(defect, version)
  const known = reports.get(directory)
  const [fresh] = known ? [known] : await audit({ target: { directory }, impact: 'read' })
  if (!fresh) throw new Error(`${directory} was not audited`)
  reports.set(directory, fresh)
  return fresh.items
    .filter(({ id }) => defect.items.includes(id))
    .flatMap(({ id, verdicts }) =>
      verdicts.flatMap(verdict =>
        verdict.status === 'fail' ? (verdict.evidence ?? []).map(each => ({ item: id, ...each })) : [],
      ),
    )
}

const nearness = 60

/** Evidence names its place as `file` and line, and the steps to it in its words as `file:line`. */
const isAt = ({ at, line, saw }: Finding, place: string): boolean => {
  const [, file = '', wanted = '0'] = /^(.*):(\d+)$/.exec(place) ?? []
  const isNear = (path: string, number: number): boolean =>
    path.endsWith(file) && Math.abs(number - Number(wanted)) <= nearness
  const steps = [...saw.matchAll(/([\w./@+-]+\.\w+):(\d+)/g)]
  return isNear(at, line ?? 0) || steps.some(([, path = '', number = '0']) => isNear(path, Number(number)))
}

/** What was found, without the line numbers that change between versions. */
const signature = ({ item, saw }: Finding): string => `${item} ${saw.replaceAll(/[\w./@+-]+:\d+|\d+/g, '#')}`

const mentions = ({ saw }: Finding, tool: string): boolean => {
  const names = tool.match(/[a-zA-Z][\w-]{3,}/g) ?? []
  return names.some(name => saw.includes(name))
}

interface Outcome {
  id: string
  found: boolean
  clean: boolean
  because: string
}

const judge = async (defect: Defect): Promise<Outcome> => {
  const vulnerable = await read(defect, defect.vulnerable)
  const fixed = await read(defect, defect.fixed)
  const left = new Set(fixed.map(signature))
  const { vulnerableAt, fixedAt, tool } = defect
  const there = vulnerable.filter(one =>
    vulnerableAt ? isAt(one, vulnerableAt) : mentions(one, tool) || !left.has(signature(one)),
  )
  const still = fixed.filter(one =>
    fixedAt ? isAt(one, fixedAt) : there.some(each => signature(each) === signature(one)),
  )
  const again = still.filter(one => there.some(each => each.item === one.item))
  const shown = there[0] ?? vulnerable[0]
  const because = shown ? `${shown.item}: ${shown.at}:${shown.line ?? ''} ${shown.saw}` : 'nothing found'
  return { id: defect.id, found: there.length > 0, clean: again.length === 0, because }
}

const mark = (is: boolean): string => (is ? '✓' : '·')
const lineOf = ({ id, found, clean, because }: Outcome, seconds: number): string =>
  `${mark(found && clean)} ${id.padEnd(22)} vulnerable ${found ? 'flagged' : 'missed '}  fixed ${clean ? 'clean  ' : 'flagged'}  ${seconds.toFixed(1).padStart(5)} s  ${because.slice(0, values.verbose ? 2000 : 140)}\n`

const unreadable = (id: string, error: unknown): Outcome => ({
  id,
  found: false,
  clean: false,
  because: `could not be read: ${String(error).split('\n')[0]}`,
})

const chosen = defects.filter(({ id }) => positionals.length === 0 || positionals.includes(id))
const outcomes: Outcome[] = []
for (const defect of chosen) {
  const started = performance.now()
  const outcome = await judge(defect).catch((error: unknown) => unreadable(defect.id, error))
  outcomes.push(outcome)
  const line = lineOf(outcome, (performance.now() - started) / 1000)
  if (values.format === 'json') process.stderr.write(line)
  else process.stdout.write(line)
}

const apart = outcomes.filter(({ found, clean }) => found && clean)
if (values.format === 'json')
  process.stdout.write(`${JSON.stringify({ apart: apart.length, of: outcomes.length, outcomes }, null, 2)}\n`)
else process.stdout.write(`\n${apart.length} of ${outcomes.length} told apart by reading\n`)
