import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { audit } from '../../packages/audit/src/api.ts'
import type { Defect, Live } from './defects.ts'
import { findingsOf, tellApart, type Finding, type Told } from './matching.ts'
import { installed } from './packages.ts'

const placed = (text: string, places: Record<string, string>): string =>
  text.replaceAll(/\{(box|home|bin)\}/g, (_, name: string) => places[name] ?? '')

/** The same, in all texts of a value. */
const inAll = (value: unknown, places: Record<string, string>): unknown =>
  JSON.parse(placed(JSON.stringify(value), places))

const write = (live: Live, places: Record<string, string>): void => {
  const { box = '' } = places
  for (const [name, text] of Object.entries(live.files ?? {})) {
    const file = join(box, name)
    mkdirSync(name.endsWith('/') ? file : dirname(file), { recursive: true })
    if (!name.endsWith('/'))
      writeFileSync(file, placed(text, places), { mode: name.startsWith('stubs/') ? 0o755 : 0o644 })
  }
}

const check = async (defect: Defect, live: Live, version: string, known: Set<string>): Promise<Finding[]> => {
  const home = await installed(defect, version)
  const box = mkdtempSync(join(tmpdir(), 'airworthy-defect-'))
  const bin = join(home, defect.registry === 'npm' ? 'node_modules/.bin' : 'bin')
  const places = { box, home, bin }
  try {
    write(live, places)
    const command = version === defect.fixed && live.fixedCommand ? live.fixedCommand : live.command
    const [program = '', ...args] = command.map(word => placed(word, places))
    const env = {
      HOME: join(box, 'home'),
      PATH: `${join(box, 'stubs')}:${bin}:${process.env.PATH}`,
      ...(inAll(live.env ?? {}, places) as Record<string, string>),
    }
    mkdirSync(env.HOME, { recursive: true })
    const settingsFile = join(box, 'airworthy.json')
    const settings = {
      ...(inAll(live.settings ?? {}, places) as object),
      start: { command: program, args },
      ...(live.url === undefined ? {} : { url: live.url }),
      env,
    }
    writeFileSync(settingsFile, JSON.stringify(settings))
    const wanted = live.items ?? defect.items
    const only = wanted.filter(id => known.has(id))
    const target = { start: true, directory: box, settingsFile, cwd: box }
    const [report] = await audit({ target, impact: live.impact ?? 'call', only })
    if (!report) throw new Error(`${defect.package} ${version} was not audited`)
    if (process.env.AIRWORTHY_DEFECTS_REPORTS) {
      mkdirSync(process.env.AIRWORTHY_DEFECTS_REPORTS, { recursive: true })
      writeFileSync(
        join(process.env.AIRWORTHY_DEFECTS_REPORTS, `${defect.id}@${version}.json`),
        JSON.stringify(report, null, 1),
      )
    }
    return findingsOf(report, wanted, 'live')
  } finally {
    rmSync(box, { recursive: true, force: true })
  }
}

/** Whether the defect shows when both versions run. */
export const tellByCalling = async (defect: Defect, known: Set<string>): Promise<Told> => {
  const { live } = defect
  if (!live) throw new Error('nothing says how it is started')
  const { vulnerableAt: _, fixedAt: __, shows: ___, ...rest } = defect
  const vulnerable = await check(defect, live, defect.vulnerable, known)
  return tellApart(
    { ...rest, ...(live.shows === undefined ? {} : { shows: live.shows }) },
    vulnerable,
    await check(defect, live, defect.fixed, known),
  )
}
