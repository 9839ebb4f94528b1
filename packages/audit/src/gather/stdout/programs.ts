import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, type Call, type Value } from '../code/values.ts'

/** Programs that say nothing when all is well. */
const silent =
  /^(open|xdg-open|start|cmd(\.exe)?|explorer(\.exe)?|osascript|kill|pkill|killall|taskkill|chmod|chown|mkdir|rm|rmdir|cp|mv|ln|touch|true|sleep|test|pbcopy|xclip|xsel|wl-copy|say|notify-send|clear|cls)$/

/** The program of a command; null when it is not known. */
const programOf = (value: Value | undefined, place: Place, resolver: Resolver): string | null => {
  if (!value) return null
  const [first] = resolver.items(value, place)
  if (first?.value.is === 'text') return first.value.text
  const text = value.is === 'join' ? value.parts[0] : value
  const words = text ? resolver.text(text, place) : null
  return words === null ? null : (words.trim().split(/\s/)[0] ?? null)
}

const isSilent = (value: Value | undefined, place: Place, resolver: Resolver): boolean => {
  const program = programOf(value, place, resolver)
  return program !== null && silent.test(program.split('/').at(-1) ?? '')
}

/** A program that is given the stdout of the server: `subprocess.run(["make"])`. */
export const inheritedByPython = (call: Call, path: string, place: Place, resolver: Resolver): string | null => {
  const isRun = /^(subprocess\.(run|call|check_call|Popen)|asyncio\.create_subprocess_(exec|shell))$/.test(path)
  if (!isRun || isSilent(call.arguments[0], place, resolver)) return null
  if (call.named.some(([key]) => key === '...') || call.arguments.some(({ is }) => is === 'spread')) return null
  const isCaptured = fieldOf(call.named, 'capture_output') || (path === 'subprocess.Popen' && call.arguments.length > 4)
  return isCaptured || fieldOf(call.named, 'stdout') ? null : `${path}() without stdout=, which the program then shares`
}

const isShared = (value: Value, place: Place, resolver: Resolver): boolean =>
  resolver.text(value, place) === 'inherit' ||
  (value.is === 'number' && value.number === 1) ||
  resolver.external(value, place) === 'global:process.stdout'

/** A program that is given the stdout of the server: `stdio: 'inherit'`. */
export const inheritedByNode = (call: Call, place: Place, resolver: Resolver): string | null => {
  const { callee } = call
  const name = callee.is === 'name' || callee.is === 'member' ? callee.name : ''
  if (!/^(spawn|spawnSync|execSync|execFileSync|execa|execaSync|sync)$/.test(name)) return null
  const path = resolver.external(callee, place) ?? ''
  const isRun =
    /^(child_process:(spawn|spawnSync|execSync|execFileSync)|execa:(execa(Sync)?)?|cross-spawn:(spawn|sync)?)$/
  if (!isRun.test(path) || isSilent(call.arguments[0], place, resolver)) return null
  const shares = call.arguments.slice(1).some(options => {
    const record = resolver.things(options, place).find(({ value }) => value.is === 'record')
    if (record?.value.is !== 'record') return false
    const given = fieldOf(record.value.fields, 'stdio')
    if (!given) return false
    const list = resolver.things(given, record).find(({ value }) => value.is === 'list')
    const out = list?.value.is === 'list' ? list.value.items[1] : given
    return out !== undefined && out.is !== 'spread' && isShared(out, list ?? record, resolver)
  })
  return shares ? `${name}() with stdio: 'inherit', which the program then shares` : null
}
