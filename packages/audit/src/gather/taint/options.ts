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
  [
    /^curl$/,
    [
      ['--output=/outside/file', 'an option that writes a file'],
      ['-K/outside/file', 'an option that reads a file'],
    ],
  ],
  [/^(yt-dlp|youtube-dl)$/, [['--exec=airworthy', 'an option that runs a program']]],
  [/^pandoc$/, [['--filter=airworthy', 'an option that runs a program']]],
  [/^aws$/, [['--endpoint-url=https://evil.example', 'an option that sends the credentials elsewhere']]],
  [/^wget$/, [['--output-document=/outside/file', 'an option that writes a file']]],
  [/^rg$/, [['--pre=airworthy', 'an option that runs a program']]],
  [/^sort$/, [['--output=/outside/file', 'an option that writes a file']]],
  [/^(zip|unzip)$/, [['--unzip-command=airworthy', 'an option that runs a program']]],
  [/^(npm|npx|pnpm|yarn)$/, [['--script-shell=airworthy', 'an option that runs a program']]],
  [/^(pip3?|uv)$/, [['--index-url=https://evil.example', 'an option that chooses whose packages are installed']]],
  [/^go$/, [['-toolexec=airworthy', 'an option that runs a program']]],
  [/^cargo$/, [['--config=build.rustc-wrapper="airworthy"', 'an option that runs a program']]],
  [/^g?make$/, [['--eval=$(shell airworthy)', 'an option that runs a program']]],
  [/^gradlew?$/, [['--init-script=/outside/file', 'an option that runs a program']]],
  [/^svn$/, [['--config-option=config:tunnels:ssh=airworthy', 'an option that runs a program']]],
  [/^(google-)?chrom(e|ium)(-browser)?$/, [['--renderer-cmd-prefix=airworthy', 'an option that runs a program']]],
  [/^tcpdump$/, [['-zairworthy', 'an option that runs a program']]],
  [/^(cp|mv|ln|install)$/, [['--target-directory=/outside/file', 'an option that writes elsewhere']]],
  [/^nmap$/, [['--script=/outside/file', 'an option that runs a program']]],
  [/^(mysql|mariadb)$/, [['--execute=\\! airworthy', 'an option that runs a program']]],
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

/** Options that take no value: what stands behind them is not theirs. */
const alone: [program: RegExp, options: RegExp][] = [
  [
    /^git$/,
    /^(-[apqvrzx]|--(all|oneline|stat|numstat|shortstat|cached|staged|graph|name-only|name-status|no-color|no-pager|no-ff|ff-only|no-edit|porcelain|short|quiet|verbose|force|hard|soft|mixed|keep|patch|tags|prune|bare|mirror|follow|merges|no-merges|reverse|raw|no-patch|rebase|no-verify|signoff|dry-run|recursive|abort|continue|skip|no-commit|squash|list|show-current|heads|verify))$/,
  ],
  [
    /^curl$/,
    /^(-[sSfLkiIgGNvjn#0-346]+|--(silent|show-error|fail|fail-with-body|location|insecure|include|head|compressed|get|verbose|globoff))$/,
  ],
  [/^wget$/, /^-(q|nv|c|N|S|4|6|-quiet|-no-verbose|-continue|-no-check-certificate|-spider)$/],
  [/^(npm|pnpm|yarn|npx)$/, /^(-[gyDEO]|--(global|yes|save|save-dev|save-exact|silent|no-save|json|force))$/],
  [/^(pip3?|uv)$/, /^(-[qUIv]|--(quiet|upgrade|user|no-cache-dir|no-deps|pre|system|force-reinstall))$/],
  [
    /^(kubectl|oc|helm)$/,
    /^(-A|-w|-R|--(all-namespaces|watch|recursive|force|all|no-headers|wait|atomic|install|debug))$/,
  ],
  [/^(docker|podman)$/, /^(-[aditqfP]+|--(rm|detach|interactive|tty|all|force|quiet|privileged|no-trunc|init))$/],
  [
    /^rg$/,
    /^(-[niSswFcluzHN.0]+|--(json|line-number|ignore-case|smart-case|hidden|no-ignore|fixed-strings|files|vimgrep|no-heading|count|pcre2|multiline))$/,
  ],
  [/^(tar|unzip|zip|rsync|ssh|scp)$/, /^(-[aqrvzTtxCNnA]+|--(verbose|recursive|quiet|delete|archive))$/],
]

/** What comes first and is no option is run by them, and all that comes after it belongs to that. */
const runs = /^((python|pypy)[\d.]*|node|bun|deno|perl|ruby|php|(ba|z|k|da|a|fi)?sh|osascript|powershell|pwsh)$/

/** Where the options of a program end. */
const endOf = (texts: readonly string[], program: string): number => {
  const end = texts.findIndex(each => each === '--' || each === '--end-of-options')
  const first = runs.test(program) ? texts.findIndex(each => !each.startsWith('-')) : -1
  const ends = [end, first].filter(place => place >= 0)
  return ends.length === 0 ? texts.length : Math.min(...ends)
}

/** An option of an attacker in a list of arguments: not behind `--`, not the value of another option. */
export const hasOption = (texts: readonly string[], sample: string, program: string | null = null): boolean => {
  const option = sample.replace(/^x /, '')
  const name = nameOf(program ?? '')
  const open = texts.slice(0, endOf(texts, name))
  if (name === 'git' && !isOfGit(texts, option)) return false
  const flags = alone.find(([known]) => known.test(name))?.[1]
  const takesValue = (before: string): boolean => /^-[^=]*$/.test(before) && flags?.test(before) !== true
  return open.some((each, index) => each === option && !takesValue(open[index - 1] ?? ''))
}
