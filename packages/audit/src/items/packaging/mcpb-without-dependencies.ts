import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable } from '../../core/verdict.ts'
import { bundledDependencies, type BundledDependencies } from '../../gather/bundled-dependencies.ts'
import { isPublished, published } from '../../gather/published.ts'

/** Why the client installs the dependencies itself; null when the bundle has to carry them. */
const installer = ({ type, fetched }: BundledDependencies): string | null =>
  type === 'uv' ? 'the client installs a bundle of type uv' : fetched === null ? null : `the client runs ${fetched}`

const item: Item = {
  id: 'mcpb-without-dependencies',
  area: 'packaging',
  rows: [106],
  title: 'A bundle without what the client installs',
  level: 'may',
  why: 'Packages that were vendored on the author’s machine are built for that machine only, and make the bundle a hundred times as large.',
  how: 'Keep .venv, node_modules and vendored wheels out of the bundle with .mcpbignore when the client installs them (server.type uv, or a command such as npx); a Node bundle that carries them needs only the production ones: npm prune --omit=dev before the pack.',
  refs: ['https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md'],
  checks: [
    check({
      asks: 'Does the bundle leave out the dependencies that the client installs?',
      needs: { bundledDependencies, published },
      judge: ({ bundledDependencies: found, published }) => {
        const { manifest, type, vendored, direct, ignored } = found
        if (manifest === null)
          return notApplicable(
            isPublished(published) ? `this is ${published.what}, without a bundle` : 'no bundle is packed',
          )
        const by = installer(found)
        const trees = vendored.map(({ tree }) => tree).join(', ')
        const own = direct === null ? '' : `, for ${direct} dependencies`
        const carried = `a ${type || 'plain'} bundle carries its dependencies by the format's own way${own}: ${trees || 'none seen'}`
        if (by === null) return judged([], [{ at: manifest, saw: carried }], 'not reached')
        const broken = vendored.map(({ tree, because, at, line }) => ({
          at,
          ...(line === undefined ? {} : { line }),
          saw: `${tree} gets into the bundle: ${because}, but ${by}`,
          wanted: `${tree} in .mcpbignore`,
        }))
        const saw = `${by}, and no installed package gets into it${ignored ? ' (.mcpbignore)' : ''}`
        return judged(broken, [{ at: manifest, saw }], 'not reached')
      },
    }),
  ],
}

export default item
