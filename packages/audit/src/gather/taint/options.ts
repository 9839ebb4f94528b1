import { posix } from 'node:path'

interface Option {
  sample: string
  form: string
}

/** What an option of a program can do that was never meant. */
const dangerous: [program: RegExp, options: [option: string, does: string][]][] = [
  [
    /^git$/,
    [
      ['--output=/outside/file', 'an option that writes a file'],
      ['--upload-pack=airworthy', 'an option that runs a program'],
    ],
  ],
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
  [/^wget$/, [['--output-document=/outside/file', 'an option that writes a file']]],
  [/^rg$/, [['--pre=airworthy', 'an option that runs a program']]],
  [/^sort$/, [['--output=/outside/file', 'an option that writes a file']]],
  [/^(zip|unzip)$/, [['--unzip-command=airworthy', 'an option that runs a program']]],
  [/^(npm|npx|pnpm|yarn)$/, [['--script-shell=airworthy', 'an option that runs a program']]],
  [/^(pip3?|uv)$/, [['--index-url=https://evil.example', 'an option that chooses whose packages are installed']]],
  [/^psql$/, [['--command=\\! airworthy', 'an option that runs a program']]],
  [/^(python3?|node|perl|ruby|php)$/, [['-eairworthy', 'an option that runs a program']]],
]

/** Options to try on a program; none where no option is known to do harm. */
export const optionsOf = (program: string): Option[] => {
  const name = posix.basename(program).replace(/\.(exe|cmd)$/, '')
  const options = dangerous.find(([known]) => known.test(name))?.[1] ?? []
  return options.flatMap(([sample, form]) => [
    { sample, form },
    { sample: `x ${sample}`, form: `${form}, behind a blank` },
  ])
}

/** An option of an attacker in a list of arguments: not behind `--`, not the value of another option. */
export const hasOption = (texts: readonly string[], sample: string): boolean => {
  const option = sample.replace(/^x /, '')
  const end = texts.findIndex(each => each === '--' || each === '--end-of-options')
  const open = end < 0 ? texts : texts.slice(0, end)
  return open.some((each, index) => each === option && !/^-[^=]*$/.test(open[index - 1] ?? ''))
}
