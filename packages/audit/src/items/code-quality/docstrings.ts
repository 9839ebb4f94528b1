import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { namedFunctions, type NamedFunction } from '../../gather/named-functions.ts'
import { registrations, type Registration } from '../../gather/registrations.ts'

const share = 0.95
const shown = 30
const names = { typescript: 'exported TypeScript functions', python: 'public Python functions' } as const

const figures = (all: NamedFunction[], language: keyof typeof names): Evidence => {
  const documented = all.filter(each => each.documented).length
  const percent = Math.floor((documented / all.length) * 1000) / 10
  return {
    at: names[language],
    saw: `${documented} of ${all.length} are documented (${percent} %)`,
    wanted: `${share * 100} %`,
  }
}

const undocumented = ({ path, line, name }: NamedFunction): Evidence => ({
  at: path,
  line,
  saw: `${name} has no documentation`,
})

const silentTools = (tools: Registration[]): Evidence[] =>
  tools
    .filter(({ hasDescription }) => hasDescription === false)
    .map(({ file, line, name }) => ({
      at: file,
      line,
      saw: `the tool ${name ?? 'here'} has no description`,
      wanted: 'a description of every tool',
    }))

const item: Item = {
  id: 'docstrings',
  area: 'code-quality',
  rows: [11],
  title: 'Public functions and tools documented where they stand',
  level: 'should',
  why: 'What a function promises and when it fails is lost with the person who wrote it, and a tool without a description is called by guess.',
  how: 'Give every public function a docstring (ruff `D`) or a `/** */` comment (TSDoc) that says what it returns and when it fails, and every tool a description.',
  refs: ['https://docs.astral.sh/ruff/rules/#pydocstyle-d', 'https://tsdoc.org/'],
  checks: [
    check({
      asks: 'Are 95 % of the public functions documented, and every registered tool described?',
      needs: { namedFunctions, registrations },
      judge: ({ namedFunctions: { functions, files }, registrations }) => {
        if (files === 0) return unknown('no authored TypeScript, JavaScript or Python source of a server was found')
        const tools = registrations.filter(({ kind, unreachable }) => kind === 'tool' && unreachable === null)
        const some = (['typescript', 'python'] as const).flatMap(language => {
          const all = functions.filter(each => each.language === language && each.isPublic && each.documented !== null)
          return all.length > 0 ? [{ language, all }] : []
        })
        if (some.length + tools.length === 0) return notApplicable(`no public function in ${files} source files`)
        const broken = some.filter(({ all }) => all.filter(each => each.documented).length < share * all.length)
        const described = { at: 'tools', saw: `${tools.length} registered, none of them without a description` }
        return judged(
          [
            ...broken.flatMap(({ all, language }) => [
              figures(all, language),
              ...all
                .filter(each => !each.documented)
                .slice(0, shown)
                .map(undocumented),
            ]),
            ...silentTools(tools),
          ],
          [...some.map(({ all, language }) => figures(all, language)), ...(tools.length > 0 ? [described] : [])],
          'not reached',
        )
      },
    }),
  ],
}

export default item
