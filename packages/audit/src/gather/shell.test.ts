import { describe, expect, it } from 'vitest'
import { shellCommands } from './shell.ts'

const words = (script: string): string[][] => shellCommands(script).map(({ words }) => words)

describe('shell commands', () => {
  it('takes quotes, operators and line ends apart', () => {
    expect(words('CI=1 npm ci && npm run "lint"\\\n  -- --fix; echo done # npm test\nnpm test')).toEqual([
      ['npm', 'ci'],
      ['npm', 'run', 'lint', '--', '--fix'],
      ['echo', 'done'],
      ['npm', 'test'],
    ])
  })

  it('does not take text for commands', () => {
    expect(words('echo "npm test" \'&& npm publish\'\ncat <<END\nnpm publish\nEND')).toEqual([
      ['echo', 'npm test', '&& npm publish'],
      ['cat'],
    ])
  })

  it('follows cd, and forgets it after a subshell', () => {
    expect(shellCommands('(cd a && make x)\ncd b/c\ncd ..\nmake y').map(({ directory }) => directory)).toEqual([
      'a',
      'b',
    ])
    expect(shellCommands('cd $HOME\nmake').map(({ directory }) => directory)).toEqual([null])
  })

  it('notices failures that are swallowed', () => {
    expect(shellCommands('eslint . || true\nmypy').map(({ tolerated }) => tolerated)).toEqual([true, true, false])
  })

  const tolerated = (script: string, stops: boolean, pipefail: boolean): string[] =>
    shellCommands(script, { stops, pipefail }).flatMap(({ words, tolerated }) => (tolerated ? [words.join(' ')] : []))

  it.each([
    ['a; b', false, false, ['a']],
    ['a && b', false, false, []],
    ['set -e\na; b', false, false, ['set -e']],
    ['set +e\na\nb', true, false, ['a']],
    ['a | b', true, false, ['a']],
    ['set -euo pipefail\na | b', true, false, []],
    ['a | b', true, true, []],
    ['a & b', true, true, ['a']],
    ['a\ncode=$?\nb\nexit $code', false, false, []],
  ])('knows what %j goes on after (-e %s, pipefail %s)', (script, stops, pipefail, expected) => {
    expect(tolerated(script, stops, pipefail)).toEqual(expected)
  })

  it('looks into conditions, loops and substitutions, and says their lines', () => {
    const found = shellCommands('if test -d x; then\n  for p in a b; do\n    npm pack $(pwd)\n  done\nfi')
    expect(found.map(({ words, line }) => [words[0], line])).toEqual([
      ['test', 1],
      ['npm', 3],
      ['pwd', 3],
    ])
  })

  it('survives what is no shell', () => {
    expect(() => shellCommands('((((`"'.repeat(1000))).not.toThrow()
  })
})
