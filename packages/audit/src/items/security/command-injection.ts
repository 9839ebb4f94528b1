import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { commandCanaries, type CommandProbe, type CommandProbes } from '../../gather/command-canaries.ts'
import { firstWords } from '../../gather/first-words.ts'
import { openedAddresses } from '../../gather/opened-addresses.ts'
import { nothingCalled, shown } from '../../gather/proven-tools.ts'
import { taint } from '../../gather/taint.ts'
import { judgeFlows } from '../carried.ts'

const did: Record<CommandProbe['kind'], string> = {
  shell: 'the command ran: its canary file appeared',
  code: 'it was run as a program: its canary file appeared',
  option: 'a command took it for an option and wrote the canary file',
  help: 'a command took it for an option and printed its usage',
}

const evidence = ({ tool, parameter, value, kind }: CommandProbe): Evidence => ({
  at: `tools/call ${tool}`,
  saw: `${parameter} = ${JSON.stringify(value)} → ${did[kind]}`,
  wanted: 'the text taken as nothing but a text',
})

const proven = ({ probes }: CommandProbes): Evidence[] => {
  const answered = probes.filter(probe => probe.answered)
  const parameters = [...new Set(answered.map(({ tool, parameter }) => `${tool}.${parameter}`))]
  if (answered.length === 0) return []
  const helped = probes.filter(({ kind, worked }) => kind === 'help' && worked)
  const saw = `no canary file appeared; parameters: ${parameters.slice(0, 12).join(', ')}`
  return [
    { at: `${answered.length} payloads in ${parameters.length} parameters`, saw },
    ...helped.slice(0, 3).map(probe => ({ at: `tools/call ${probe.tool}`, saw: `${probe.parameter}: ${did.help}` })),
  ]
}

const elsewhere =
  'the server was not started by the audit, or in a container: canaries of this machine prove nothing there'

const item: Item = {
  id: 'command-injection',
  area: 'security',
  rows: [29],
  title: 'No argument becomes a command',
  level: 'must',
  why: 'Whoever can put a text into a prompt can then run programs on the machine of the server.',
  how: 'Start programs with a list of arguments and no shell, put -- before values, and evaluate nothing. Where running commands is the purpose, name the programs that are allowed and compare the name that is really started: a list of what is denied is got round by `/usr/bin/NAME`, `env NAME`, `$(NAME)`.',
  refs: [
    'https://cwe.mitre.org/data/definitions/78.html',
    'https://cwe.mitre.org/data/definitions/88.html',
    'https://cheatsheetseries.owasp.org/cheatsheets/OS_Command_Injection_Defense_Cheat_Sheet.html',
  ],
  applies: { capability: 'tools' },
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Does no text in an argument reach a shell, an interpreter or the options of a command?',
      needs: { commandCanaries },
      judge: ({ commandCanaries }) => {
        const { probes, callable, good, takesText, isHere } = commandCanaries
        if (!takesText) return notApplicable('no tool takes a text')
        if (good === 0) return unknown(nothingCalled(callable))
        const broken = probes.filter(({ kind, worked }) => worked && kind !== 'help').map(evidence)
        if (!isHere) return judged(shown(broken), [], elsewhere)
        return judged(shown(broken), proven(commandCanaries), 'no tool that was called with success takes a text')
      },
    }),
    check({
      asks: 'Does no argument reach a shell, the name of a program, its options or an interpreter in the source?',
      needs: { taint },
      judge: ({ taint }) =>
        judgeFlows(taint, {
          kinds: ['shell', 'program', 'arguments', 'code'],
          places: 'program',
          instead: 'a fixed program with a list of arguments, no shell, and -- before what comes from an argument',
          purpose: 'a list of the programs that are allowed, compared with the whole name',
        }),
    }),
    check({
      asks: 'Is a program that may not run refused however its name is written?',
      needs: { firstWords },
      judge: ({ firstWords }) => {
        const programs = firstWords.filter(({ of }) => of === 'program')
        return programs.length === 0
          ? notApplicable('nothing in the source holds the first word of a command against a list of what is denied')
          : judged(
              programs.map(({ file, line, by, list }) => ({
                at: file,
                line,
                saw: `${by} looks the first word of the command up in ${list} as it is written: with a path before its name, a program that is denied runs`,
                wanted:
                  'a list of the programs that are allowed, or the name without its path, in each command of the text',
              })),
              [],
              'not reached',
            )
      },
    }),
    check({
      asks: 'Is the address of a login, which another server chooses, opened only when it is one of the web?',
      needs: { openedAddresses },
      judge: ({ openedAddresses }) =>
        openedAddresses.length === 0
          ? notApplicable('the source opens no address that another server chose, or looks at its scheme')
          : judged(
              openedAddresses.map(({ what, file, line }) => ({
                at: file,
                line,
                saw: `the address of the authorization server is handed to ${what} whatever its scheme is: file:, a program of the system, a command`,
                wanted: 'http: and https: alone, each part encoded, before the system opens it',
              })),
              [],
              'not reached',
            ),
    }),
  ],
}

export default item
