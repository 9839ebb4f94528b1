import { randomBytes } from 'node:crypto'
import { extname, join, relative } from 'node:path/posix'
import type { Aviary, PathCanaries } from '../target/canaries.ts'

export interface PathForm {
  form: string
  value: string
}

const depth = 16
const climb = '../'.repeat(depth)

const percent = (text: string): string => text.replaceAll('.', '%2e').replaceAll('/', '%2f')

/** A name that nothing has yet: a file that appears under it was written by whoever was given the path. */
const freshName = (like: string): string => `missing-${randomBytes(5).toString('hex')}${extname(like)}`

const fileFor = ({ files }: Aviary, good: string): string =>
  files.find(file => extname(file) === extname(good)) ?? files[0] ?? ''

/** The two ways out that any text may take by accident. */
export const plainForms = (outside: Aviary, good: string): PathForm[] => {
  const file = fileFor(outside, good)
  return [
    { form: 'an absolute path', value: file },
    { form: 'a chain of ../', value: climb + file.slice(1) },
  ]
}

/**
 * How a path may lead out of where it belongs, each way once before any of them again: a slow server is not asked all.
 * `good` is a path that works, `cwd` where the server runs.
 */
export const pathForms = (canaries: PathCanaries, cwd: string, good: string): PathForm[] => {
  const { outside, siblings, links } = canaries
  const forms: PathForm[] = []
  const later: PathForm[] = []
  for (const { path, to } of links) {
    const aviary = [outside, ...siblings].find(one => one?.directory === to)
    if (!aviary) continue
    const name = fileFor(aviary, good).slice(to.length)
    forms.push(
      { form: 'a link inside the root', value: path + name },
      { form: 'a new file behind a link inside the root', value: join(path, freshName(name)) },
    )
    later.push({ form: 'a directory that is a link inside the root', value: path })
  }
  for (const sibling of siblings) {
    const file = fileFor(sibling, good)
    forms.push({ form: 'a directory beside the root whose name begins like it', value: file })
    later.push(
      { form: 'that directory, relative to the root', value: relative(sibling.root, file) },
      { form: 'the directory beside the root itself', value: sibling.directory },
      { form: 'a new file beside the root', value: join(sibling.directory, freshName(file)) },
    )
  }
  if (!outside) return [...forms, ...later]
  const file = fileFor(outside, good)
  const chain = climb + file.slice(1)
  const directory = outside.directory.slice(1)
  const roots = [...new Set(siblings.map(({ root }) => root))]
  return [
    ...forms,
    ...plainForms(outside, good),
    ...later,
    { form: 'a path relative to where the server runs', value: relative(cwd, file) },
    ...roots.map(root => ({ form: '../ behind the root', value: `${root}/${chain}` })),
    { form: '../ behind a good path', value: `${good}/${chain}` },
    { form: 'a directory outside', value: climb + directory },
    { form: 'the absolute path of a directory outside', value: outside.directory },
    { form: 'a missing file outside', value: `${climb}${directory}/${freshName(file)}` },
    { form: 'a file URL', value: `file://${file}` },
    { form: 'percent-encoded ../', value: percent(chain) },
    { form: 'twice percent-encoded ../', value: percent(chain).replaceAll('%', '%25') },
    { form: '..\\', value: chain.replaceAll('/', '\\') },
    { form: '../ that survives one removal', value: `${'....//'.repeat(depth)}${file.slice(1)}` },
  ]
}
