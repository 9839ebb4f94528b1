import { gatherer } from '../../core/item.ts'
import { isBound, workload, type Spot, type Workload } from './workload.ts'

/** A line `Key=value` of a unit file. */
interface Setting {
  section: string
  key: string
  value: string
  line: number
}

interface Unit {
  settings: Setting[]
  faults: { line: number; saw: string }[]
}

const maxText = 100_000
const unitFile = /(^|\/)([^/]+)\.(service|container)(\.in|\.j2|\.tmpl|\.template|\.example)?$/
const dropIn = /(^|\/)([^/]+\.(?:service|container))\.d\/[^/]+\.conf$/
const notTheirs = /(^|\/)(node_modules|tests?|fixtures)\//
const sections = /^(Unit|Install|Service|Container|Pod|Build|X-.+)$/

/** A unit file as systemd.syntax(7) has it: sections, `Key=value`, comments, lines that go on after a backslash. */
export const readUnit = (text: string): Unit => {
  const unit: Unit = { settings: [], faults: [] }
  let section = ''
  let open: Setting | null = null
  text
    .slice(0, maxText)
    .split(/\r?\n/)
    .forEach((written, index) => {
      const content = written.trim()
      const line = index + 1
      if (/^[#;]/.test(content)) return
      if (open) {
        open.value = `${open.value} ${content.replace(/\\$/, '')}`.trim()
        if (!content.endsWith('\\')) open = null
        return
      }
      if (content === '') return
      const head = /^\[([^\]]+)\]$/.exec(content)?.[1]
      if (head !== undefined) {
        section = head
        if (!sections.test(head)) unit.faults.push({ line, saw: `the section [${head}], which systemd ignores` })
        return
      }
      const equals = content.indexOf('=')
      if (equals < 1 || section === '') {
        unit.faults.push({ line, saw: `«${content.slice(0, 80)}» is no setting of a section` })
        return
      }
      const setting = {
        section,
        key: content.slice(0, equals).trim(),
        value: content
          .slice(equals + 1)
          .replace(/\\$/, '')
          .trim(),
        line,
      }
      unit.settings.push(setting)
      if (content.endsWith('\\')) open = setting
    })
  return unit
}

const restarts = /^(always|on-success|on-failure|on-abnormal|on-abort|on-watchdog)$/

interface Placed extends Setting {
  path: string
}

/** A setting that is given again replaces the one before. */
const last = (all: Placed[], section: string, ...keys: string[]): Placed | undefined =>
  all.findLast(each => each.section === section && keys.includes(each.key))

const workloadOf = (path: string, all: Placed[], found: Unit['faults'], others: readonly string[]): Workload => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const isContainer = name.includes('.container')
  const spot = (setting: Placed): Spot => ({
    path: setting.path,
    line: setting.line,
    saw: `${setting.key}=${setting.value}`,
  })
  const bound = (...keys: string[]): Spot | null => {
    const setting = last(all, 'Service', ...keys)
    return setting && isBound(setting.value) ? spot(setting) : null
  }
  const start = last(all, 'Service', 'ExecStart')
  const image = last(all, 'Container', 'Image')
  const restart = last(all, 'Service', 'Restart')
  const output = all.filter(
    each => /^Standard(Output|Error)$/.test(each.key) && /^(append|file|truncate):/.test(each.value),
  )
  const faults: Spot[] = found.map(fault => ({ path, ...fault }))
  const fault = (saw: string, at: Placed | undefined): unknown =>
    faults.push({ path: at?.path ?? path, line: at?.line ?? 1, saw })
  if (isContainer ? !image : !start)
    fault(isContainer ? 'no Image= in [Container]' : 'no ExecStart= in [Service]', undefined)
  const command = (start?.value ?? '').replace(/^[-@:+!]+/, '')
  if (/^\.{1,2}\//.test(command)) fault(`ExecStart=${command.slice(0, 80)}, a relative path`, start)
  if (restart && !restarts.test(restart.value) && restart.value !== 'no')
    fault(`Restart=${restart.value}, which systemd does not know`, restart)
  const stem = name.replace(/\.(service|container).*$/, '')
  const isStarted =
    all.some(each => each.section === 'Install' && /^(WantedBy|RequiredBy|UpheldBy|Alias|Also)$/.test(each.key)) ||
    others.some(each => ['socket', 'timer', 'path'].some(kind => `/${each}`.endsWith(`/${stem}.${kind}`)))
  if (!isStarted) fault('no WantedBy= in [Install]: nothing starts it when the machine starts', undefined)
  return workload({
    by: 'systemd',
    tool: isContainer ? 'Quadlet' : 'systemd',
    path,
    line: start?.line ?? image?.line ?? 1,
    name: stem,
    image: image?.value ?? null,
    command,
    memory: bound('MemoryMax', 'MemoryLimit'),
    cpu: bound('CPUQuota', 'AllowedCPUs'),
    restart: restart ? { ...spot(restart), again: restarts.test(restart.value) } : null,
    logs: {
      ...(output[0] ? spot(output[0]) : { path, line: start?.line ?? 1, saw: 'the journal' }),
      bounded: output.length === 0,
      toFile: output.length > 0,
    },
    faults,
  })
}

/** The services of systemd, with their drop-ins and Podman's containers. One-shot units are no services. */
export const systemd = gatherer<Workload[]>({
  id: 'systemd',
  impact: 'read',
  from: 'repository',
  gather: async ({ repository }) => {
    const files = (repository?.files ?? []).filter(path => !notTheirs.test(path))
    const found: Workload[] = []
    for (const path of files.filter(each => unitFile.test(each)).slice(0, 50)) {
      const text = (await repository?.text(path)) ?? ''
      if (!/^\s*\[(Service|Container)\]/m.test(text)) continue
      const { settings, faults } = readUnit(text)
      const all = settings.map((each): Placed => ({ ...each, path }))
      const file = path.slice(path.lastIndexOf('/') + 1)
      for (const extra of files.filter(each => dropIn.exec(each)?.[2] === file))
        all.push(...readUnit((await repository?.text(extra)) ?? '').settings.map(each => ({ ...each, path: extra })))
      if (last(all, 'Service', 'Type')?.value === 'oneshot') continue
      found.push(workloadOf(path, all, faults, files))
    }
    return found
  },
})
