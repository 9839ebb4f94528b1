import { readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Puts our own code into one file beside what tsc writes, dist/bundle/main.js: to find, read and link hundreds of modules
 * takes Node longer than to run them. Libraries stay where they are.
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

/** Each module goes on believing that it stands where tsc put it: `import.meta.url` leads to files beside it. */
const places = {
  name: 'places',
  setup: ({ onLoad }) =>
    onLoad({ filter: /packages\/audit\/dist\/.*\.js$/ }, async ({ path }) => {
      const place = relative(dist, path)
      if (place === 'catalogue.js') return { contents: catalogue, resolveDir: dist }
      const text = await readFile(path, 'utf8')
      return { contents: text.replaceAll('import.meta.url', `new URL('../${place}', import.meta.url).href`) }
    }),
}

rmSync(`${dist}bundle`, { recursive: true, force: true })
await build({
  entryPoints: [`${dist}cli/main.js`],
  outdir: `${dist}bundle`,
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  tsconfigRaw: {},
  plugins: [places],
})
