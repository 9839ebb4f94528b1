import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import formatted from './formatted.ts'

const judge = async (files: Files) => {
  const { status, verdicts } = await judgeFiles(formatted, files)
  return { status, said: JSON.stringify(verdicts) }
}

const ruff = '[tool.ruff]\nline-length = 100\n\n[tool.ruff.format]\nquote-style = "single"\n'
const tidyPython = "def f(a: int) -> str:\n    return 'x' * a\n"
const untidyPython = 'def f( a:int )->str:\n        return "x"*a\n'
const tidy = "export const f = (a: number) => ['x', a]\n"
const untidy = 'export const f = (a : number)=>["x",a];\n'
const prettier = '{ "semi": false, "singleQuote": true }'
const literal = '{ semi: false, singleQuote: true }'
const script = (lint: string) => JSON.stringify({ name: 'a', scripts: { lint } })

/** Longer than a file that a near relative of a formatter may write differently. */
const long = (line: string, times = 40) => line.repeat(times)

describe('formatted', () => {
  it.each<[string, Files]>([
    ['ruff with its options', { 'pyproject.toml': ruff, 'a.py': tidyPython }],
    ['Prettier with its options', { '.prettierrc': 'semi: false\nsingleQuote: true\n', 'a.ts': tidy }],
    ['options in package.json', { 'package.json': `{"prettier":${prettier}}`, 'a.ts': tidy }],
    [
      'options in JavaScript',
      { 'prettier.config.mjs': `const config = ${literal}\nexport default config\n`, 'a.ts': tidy },
    ],
    [
      'options in CommonJS',
      { '.prettierrc.cjs': 'module.exports = { semi: false, singleQuote: true }\n', 'a.ts': tidy },
    ],
    [
      'overrides by file',
      {
        '.prettierrc.json': '{"overrides":[{"files":"*.ts","options":{"semi":false,"singleQuote":true}}]}',
        'src/a.ts': tidy,
      },
    ],
    [
      'an .editorconfig beside it',
      {
        '.prettierrc.toml': 'semi = false\nsingleQuote = true\n',
        '.editorconfig': 'root = true\n[*]\nindent_style = space\n[*.{ts,js}]\nindent_size = 4\n',
        'a.ts': 'export const f = () => {\n    return 1\n}\n',
      },
    ],
    [
      'Biome with tabs',
      {
        'biome.jsonc':
          '{ // ours\n "javascript": { "formatter": { "semicolons": "asNeeded", "quoteStyle": "single" } } }',
        'a.ts': "export const f = () => {\n\treturn 'x'\n}\n",
      },
    ],
    ['Black with its length', { 'pyproject.toml': '[tool.black]\nline-length = 100\n', 'a.py': 'x = "a"\n' }],
    [
      'files that it leaves out',
      { '.prettierrc': prettier, '.prettierignore': 'old\n', 'old/a.ts': untidy, 'src/a.ts': tidy },
    ],
    [
      'files that the script does not name',
      {
        'package.json': script("prettier --check 'src/**/*.ts'"),
        '.prettierrc': prettier,
        'tools/a.ts': untidy,
        'src/a.ts': tidy,
      },
    ],
    [
      'ruff by a hook',
      { '.pre-commit-config.yaml': 'repos:\n- repo: r\n  hooks:\n  - id: ruff-format\n', 'a.py': 'x = "a"\n' },
    ],
  ])('passes %s', async (_, files) => {
    expect(await judge(files)).toMatchObject({ status: 'pass' })
  })

  it.each<[string, Files, RegExp]>([
    ['Python that ruff would change', { 'pyproject.toml': ruff, 'a.py': untidyPython }, /a\.py/],
    ['quotes other than set', { 'pyproject.toml': ruff, 'a.py': 'x = "a"\n' }, /1 of 1/],
    ['TypeScript that Prettier would change', { '.prettierrc': prettier, 'src/a.ts': untidy }, /src\/a\.ts/],
    ['no formatter for TypeScript', { 'package.json': script('eslint .'), 'a.ts': tidy }, /no formatter is set up/],
    ['no formatter for Python', { 'a.py': untidyPython }, /no formatter is set up/],
    [
      'a formatter that is only installed',
      { 'package.json': '{"devDependencies":{"prettier":"3"}}', 'a.ts': untidy },
      /no formatter/,
    ],
    [
      'a formatter of the other language',
      { 'pyproject.toml': ruff, 'a.py': tidyPython, 'package.json': '{}', 'a.ts': untidy },
      /no formatter is set up for the TypeScript/,
    ],
    [
      'Black source that nobody formatted',
      { 'pyproject.toml': '[tool.black]\n', 'a.py': long(untidyPython), 'b.py': long(untidyPython) },
      /2 of 2/,
    ],
  ])('fails with %s', async (_, files, wanted) => {
    const { status, said } = await judge(files)
    expect(status).toBe('fail')
    expect(said).toMatch(wanted)
  })

  it.each<[string, Files, RegExp]>([
    ['options from a package', { 'package.json': '{"prettier":"@a/config"}', 'a.ts': untidy }, /computed/],
    [
      'Biome with settings of a package',
      { 'biome.json': '{"extends":["a/biome"]}', 'a.ts': untidy },
      /biome\.json extends/,
    ],
    ['computed options', { 'prettier.config.js': 'export default make()', 'a.ts': untidy }, /computed/],
    ['a plugin', { '.prettierrc': '{"plugins":["prettier-plugin-organize-imports"]}', 'a.ts': untidy }, /plugin/],
    ['dprint', { 'dprint.json': '{}', 'a.ts': untidy }, /dprint/],
    ['yapf', { 'pyproject.toml': '[tool.yapf]\n', 'a.py': untidyPython }, /yapf/],
    ['a detail that Black may write otherwise', { 'pyproject.toml': '[tool.black]\n', 'a.py': "x = 'a'\n" }, /Black/],
    [
      'a detail of another version',
      {
        '.prettierrc': prettier,
        'package-lock.json': '{"packages":{"node_modules/prettier": {\n "version": "2.8.0"}}}',
        'a.ts': untidy,
      },
      /2\.8\.0/,
    ],
    ['no source', { 'main.go': 'package main\n' }, /no authored/],
  ])('leaves %s open', async (_, files, wanted) => {
    const { status, said } = await judge(files)
    expect(status).toBe('unknown')
    expect(said).toMatch(wanted)
  })

  it('does not run a configuration', async () => {
    const config = 'globalThis.touched = true\nexport default { semi: false, singleQuote: true }\n'
    expect(await judge({ 'prettier.config.js': config, 'a.ts': tidy })).toMatchObject({ status: 'pass' })
    expect(globalThis).not.toHaveProperty('touched')
  })
})
