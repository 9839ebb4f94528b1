import { fieldOf, type Call, type Value } from '../../code/values.ts'
import { holds, type Datum, type Frame } from '../data.ts'
import type { Machine } from '../machine.ts'
import { apart, textOf } from '../texts.ts'
import { arrivals, at, device, nameOf, type Arrival, type Rule } from './arrival.ts'
import { itself, scriptsIn, shellLine } from './scripts.ts'

const isTrue = (value: Value | undefined, frame: Frame, machine: Machine): boolean =>
  value !== undefined && machine.values(value, frame).some(datum => datum.is !== 'some' && holds(datum) === true)

/** Options are the last record of the arguments. */
const optionOf = (call: Call, name: string, frame: Frame, machine: Machine): boolean =>
  call.arguments.some(argument =>
    machine
      .values(argument, frame)
      .some(
        datum =>
          datum.is === 'record' &&
          machine.member(datum, name).some(each => each.is !== 'some' && each.is !== 'input' && holds(each) === true),
      ),
  )

const programOf = (datum: Datum | undefined, machine: Machine): string | null =>
  datum && machine.marks(datum).size === 0 ? (itself(datum) ?? textOf(datum, false, machine)) : null

/** `am start -a android.intent.action.VIEW -d URL`, `simctl openurl booted URL`: a device opens what it is given. */
const opened = (words: Datum[], machine: Machine): Arrival[] => {
  const at = words.findIndex(word => word.is === 'text' && /^(android\.intent\.action\.VIEW|openurl)$/.test(word.text))
  if (at < 0) return []
  const given = words.slice(at + 1).filter(word => machine.marks(word).size > 0)
  return given.map((word): Arrival => ({ kind: 'url', data: [word], program: device }))
}

/** `env NAME`, `sudo NAME`: what they start. */
const startedBy = (program: Datum, words: Datum[], machine: Machine): Arrival[] => {
  if (!/^(sudo|doas|env|nice|nohup|setsid|stdbuf|xargs)$/.test(programOf(program, machine) ?? '')) return []
  const isOption = (word: Datum): boolean => word.is === 'text' && word.marks.size === 0 && /^-|=/.test(word.text)
  const word = words.find(each => !isOption(each))
  return word && machine.marks(word).size > 0 ? [{ kind: 'program', data: [word], program: null }] : []
}

/** A program and the list of its arguments. */
const started = (programs: Datum[], lists: Datum[][], machine: Machine): Arrival[] => [
  ...lists.flatMap(words => opened(words, machine)),
  ...programs.flatMap((program): Arrival[] => [
    { kind: 'program', data: [program], program: null },
    ...lists.flatMap(data => [
      { kind: 'arguments' as const, data, program: programOf(program, machine) },
      ...scriptsIn([program, ...data], machine),
      ...startedBy(program, data, machine),
    ]),
  ]),
]

export const shells: Rule = {
  kind: 'shell',
  path: /^child_process:(exec|execSync)$|^shelljs:(default\.)?exec$|^os\.(system|popen)$|^subprocess\.(getoutput|getstatusoutput)$|^asyncio\.(subprocess\.)?create_subprocess_shell$|^commands\.getoutput$|^paramiko\.(client\.)?SSHClient\(\)\.exec_command$|^(invoke\.(run|sudo|Context\(\)\.(run|sudo))|fabric\.Connection\(\)\.(run|sudo|local)|asyncssh\.connect\(\)\.run)$|^ssh2:(default\.)?Client\(\)\.exec$|^node-ssh:(default\.)?NodeSSH\(\)\.exec(Command)?$/,
  look: (call, frame, machine) => arrivals('shell', at(call, 0, 'cmd') ?? at(call, 0, 'command'), frame, machine),
}

export const spawned: Rule = {
  kind: 'program',
  path: /^child_process:(spawn|spawnSync|execFile|execFileSync|fork)$|^(cross-spawn|nano-spawn|tinyexec|node-pty):\w*(\.sync)?$|^execa:(execa|execaSync|default)?$/,
  look: (call, frame, machine) => {
    const programs = call.arguments[0] ? machine.values(call.arguments[0], frame) : []
    const lists = (call.arguments[1] ? machine.values(call.arguments[1], frame) : []).flatMap(list => {
      const items =
        list.is === 'some' && list.marks.size > 0 ? [list] : list.is === 'record' ? null : machine.items(list)
      return items ? [items] : []
    })
    if (!optionOf(call, 'shell', frame, machine)) return started(programs, lists, machine)
    const whole = lists[0] ?? []
    return programs.flatMap(program => shellLine([program, ...whole], machine))
  },
}

export const pythonProcesses: Rule = {
  kind: 'program',
  path: /^subprocess\.(run|call|check_call|check_output|Popen)$|^asyncio\.(subprocess\.)?create_subprocess_exec$|^os\.(exec|spawn)\w+$|^anyio\.(run_process|open_process)$/,
  look: (call, frame, machine, path) => {
    const first = at(call, 0, 'args')
    const found = first ? machine.values(first, frame) : []
    if (isTrue(fieldOf(call.named, 'shell'), frame, machine))
      return found.map(datum => ({ kind: 'shell', data: [datum], program: null }))
    if (path.endsWith('create_subprocess_exec')) {
      const words = call.arguments.flatMap(argument =>
        argument.is === 'spread'
          ? machine.values(argument.of, frame).flatMap(list => machine.items(list) ?? [list])
          : machine.values(argument, frame).slice(0, 1),
      )
      return started(words.slice(0, 1), [words.slice(1)], machine)
    }
    return found.flatMap(list => {
      const items = machine.items(list)
      if (items) return started(items.slice(0, 1), [items.slice(1)], machine)
      const whole = { data: [list], program: null }
      return [
        { kind: 'program' as const, ...whole },
        // what it is taken apart into shows once it is known
        ...(machine.marks(list).size > 0 ? [{ kind: 'arguments' as const, ...whole }] : []),
      ]
    })
  },
}

/** `execaCommand('git log ' + name)`: words between blanks. */
export const commandLines: Rule = {
  path: /^execa:execaCommand(Sync)?$/,
  look: (call, frame, machine) =>
    (call.arguments[0] ? machine.values(call.arguments[0], frame) : []).flatMap(line => {
      if (optionOf(call, 'shell', frame, machine)) return [{ kind: 'shell' as const, data: [line], program: null }]
      const written = machine.marks(line).size > 0 && line.is !== 'text' ? null : textOf(line, false, machine)
      const words =
        written === null ? null : machine.items(apart(written.trim().split(/ +/), ' ', machine.marks(line), machine))
      if (words) return started(words.slice(0, 1), [words.slice(1)], machine)
      return (['program', 'arguments'] as const).map(kind => ({ kind, data: [line], program: null }))
    }),
}

/** `simpleGit(folder).raw(['log', range])`: what the library itself does not refuse. */
export const simpleGit: Rule = {
  path: /^simple-git:(default|simpleGit|gitP)?\(\)\.(raw|diff|diffSummary|log|show|checkout|branch|tag|rebase|reset|grep)$/,
  look: (call, frame, machine) => {
    const name = nameOf(call.callee)
    const command: Datum = { is: 'text', text: name.replace('Summary', ''), marks: new Set(), as: 'text' }
    const given = call.arguments.flatMap(argument =>
      machine.values(argument, frame).flatMap(each => (each.is === 'record' ? [] : (machine.items(each) ?? [each]))),
    )
    return [{ kind: 'arguments', data: name === 'raw' ? given : [command, ...given], program: 'git' }]
  },
}

/** `repo.git.diff(target)` of GitPython starts git with what it is given. */
export const gitPython: Rule = {
  path: /^git\.(repo\.)?(base\.)?Repo(\.init|\.clone_from)?\(\)\.git\.\w+$/,
  look: (call, frame, machine) => [
    {
      kind: 'arguments',
      data: [
        { is: 'text', text: nameOf(call.callee).replaceAll('_', '-'), marks: new Set(), as: 'text' },
        ...call.arguments.flatMap(argument =>
          argument.is === 'spread'
            ? machine.values(argument.of, frame).flatMap(list => machine.items(list) ?? [list])
            : machine.values(argument, frame),
        ),
      ],
      program: 'git',
    },
  ],
}
