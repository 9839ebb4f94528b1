import { posix } from 'node:path'

interface Option {
  sample: string
  form: string
}

/** What git does with an option depends on what else it is told to do. */
const ofGit: [commands: RegExp, option: string, does: string][] = [
  [
    /^(log|diff|show|format-patch|whatchanged|diff-tree|diff-index|diff-files|range-diff|archive)$/,
    '--output=/outside/file',
    'an option that writes a file',
  ],
  [/^(fetch|pull|clone|ls-remote|fetch-pack)$/, '--upload-pack=airworthy', 'an option that runs a program'],
  [/^push$/, '--receive-pack=airworthy', 'an option that runs a program'],
  [/^rebase$/, '--exec=airworthy', 'an option that runs a program'],
  [/^grep$/, '--open-files-in-pager=airworthy', 'an option that runs a program'],
  [/^(init|clone)$/, '--template=/outside/file', 'an option that brings hooks'],
  [/^(checkout|switch)$/, '--force', 'an option that throws changes away'],
  [/^(branch|tag)$/, '--delete', 'an option that deletes'],
  [/^(commit|tag|merge)$/, '--file=/outside/file', 'an option that reads a file'],
  [/^(add|rm|reset|restore)$/, '--pathspec-from-file=/outside/file', 'an option that reads a file'],
]

/** `git -C folder log`: what git is told to do; null when that is not known. */
const gitCommand = (texts: readonly string[]): string | null => {
  for (let at = 0; at < texts.length; at++) {
    const each = texts[at] ?? ''
    if (/^-[Cc]$|^--(git-dir|work-tree|namespace)$/.test(each)) at++
    else if (!each.startsWith('-')) return each
  }
  return null
}

/** Whether it is an option of what git is told to do. */
const isOfGit = (texts: readonly string[], option: string): boolean => {
  const command = gitCommand(texts)
  const known = ofGit.filter(([, each]) => each === option)
  return known.length === 0 || command === null || known.some(([commands]) => commands.test(command))
}

/** What an option of a program can do that was never meant. */
const dangerous: [program: RegExp, options: [option: string, does: string][]][] = [
  [/^hg$/, [['--config=alias.x=!airworthy', 'an option that runs a program']]],
  [
    /^(kubectl|oc|helm)$/,
    [
      ['--kubeconfig=/outside/file', 'an option that chooses the cluster'],
      ['--server=https://evil.example', 'an option that sends the credentials elsewhere'],
    ],
  ],
  [/^(docker|podman)$/, [['--volume=/:/host', 'an option that opens the machine']]],
  [
    /^find$/,
    [
      ['-delete', 'an option that deletes'],
      ['-fprintf', 'an option that writes a file'],
    ],
  ],
  [/^fd$/, [['--exec=airworthy', 'an option that runs a program']]],
  [/^tar$/, [['--to-command=airworthy', 'an option that runs a program']]],
  [/^(ssh|scp|sftp)$/, [['-oProxyCommand=airworthy', 'an option that runs a program']]],
  [/^rsync$/, [['--rsh=airworthy', 'an option that runs a program']]],
  [/^curl$/, [['--output=/outside/file', 'an option that writes a file']]],
  [/^(yt-dlp|youtube-dl)$/, [['--exec=airworthy', 'an option that runs a program']]],
  [/^pandoc$/, [['--filter=airworthy', 'an option that runs a program']]],
  [/^aws$/, [['--endpoint-url=https://evil.example', 'an option that sends the credentials elsewhere']]],
  [/^wget$/, [['--output-document=/outside/file', 'an option that writes a file']]],
  [/^rg$/, [['--pre=airworthy', 'an option that runs a program']]],
  [/^sort$/, [['--output=/outside/file', 'an option that writes a file']]],
  [/^(zip|unzip)$/, [['--unzip-command=airworthy', 'an option that runs a program']]],
  [/^(npm|npx|pnpm|yarn)$/, [['--script-shell=airworthy', 'an option that runs a program']]],
  [/^(pip3?|uv)$/, [['--index-url=https://evil.example', 'an option that chooses whose packages are installed']]],
  [/^psql$/, [['--command=\\! airworthy', 'an option that runs a program']]],
  [/^(python3?|node|perl|ruby|php)$/, [['-eairworthy', 'an option that runs a program']]],
]

/** Programs that only show what they are given, whatever else they are told. */
const harmless =
  /^(echo|printf|ls|cat|head|tail|wc|which|where|whereis|file|stat|du|df|ps|ping|whois|nslookup|host|uname|id|uptime|free|basename|dirname|realpath|readlink|sleep)$/

const nameOf = (program: string): string => posix.basename(program).replace(/\.(exe|cmd)$/, '')

export const isHarmless = (program: string): boolean => harmless.test(nameOf(program))

/** Options to try on a program; none where no option is known to do harm. */
export const optionsOf = (program: string): Option[] => {
  const name = nameOf(program)
  const git = ofGit.map(([, option, does]) => [option, does] as const)
  const options: readonly (readonly [string, string])[] =
    (name === 'git' ? git : dangerous.find(([known]) => known.test(name))?.[1]) ?? []
  return options.flatMap(([sample, form]) => [
    { sample, form },
    { sample: `x ${sample}`, form: `${form}, behind a blank` },
  ])
}

/** An option of an attacker in a list of arguments: not behind `--`, not the value of another option. */
export const hasOption = (texts: readonly string[], sample: string, program: string | null = null): boolean => {
  const option = sample.replace(/^x /, '')
  const end = texts.findIndex(each => each === '--' || each === '--end-of-options')
  const open = end < 0 ? texts : texts.slice(0, end)
  if (program !== null && nameOf(program) === 'git' && !isOfGit(texts, option)) return false
  return open.some((each, index) => each === option && !/^-[^=]*$/.test(open[index - 1] ?? ''))
}
