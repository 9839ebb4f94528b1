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

/** How a path may lead out of where it belongs; `good` is a path that works, `cwd` where the server runs. */
export const pathForms = (canaries: PathCanaries, cwd: string, good: string): PathForm[] => {
  const { outside, siblings, links } = canaries
  const forms: PathForm[] = []
  const add = (form: string, value: string): void => void forms.push({ form, value })
  for (const sibling of siblings) {
    const file = fileFor(sibling, good)
    add('a directory beside the root whose name begins like it', file)
    add('that directory, relative to the root', relative(sibling.root, file))
    add('the directory beside the root itself', sibling.directory)
    add('a new file beside the root', join(sibling.directory, freshName(file)))
  }
  for (const { path, to } of links) {
    const aviary = [outside, ...siblings].find(one => one?.directory === to)
    if (!aviary) continue
    const name = fileFor(aviary, good).slice(to.length)
    add('a link inside the root', path + name)
    add('a new file behind a link inside the root', join(path, freshName(name)))
    add('a directory that is a link inside the root', path)
  }
  if (!outside) return forms
  const file = fileFor(outside, good)
  const chain = climb + file.slice(1)
  forms.push(...plainForms(outside, good))
  add('a path relative to where the server runs', relative(cwd, file))
  for (const root of new Set(siblings.map(sibling => sibling.root))) add('../ behind the root', `${root}/${chain}`)
  add('../ behind a good path', `${good}/${chain}`)
  add('a directory outside', climb + outside.directory.slice(1))
  add('the absolute path of a directory outside', outside.directory)
  add('a missing file outside', `${climb}${outside.directory.slice(1)}/${freshName(file)}`)
  add('a file URL', `file://${file}`)
  add('percent-encoded ../', percent(chain))
  add('twice percent-encoded ../', percent(chain).replaceAll('%', '%25'))
  add('..\\', chain.replaceAll('/', '\\'))
  add('../ that survives one removal', `${'....//'.repeat(depth)}${file.slice(1)}`)
  return forms
}
