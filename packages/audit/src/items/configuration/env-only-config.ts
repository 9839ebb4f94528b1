import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { librariesThatMayCallOut } from '../../gather/calls/libraries.ts'
import { project } from '../../gather/project.ts'
import { whereabouts, type Whereabouts } from '../../gather/whereabouts.ts'

const asEvidence = ({ kind, what, from, text, file, line }: Whereabouts): Evidence =>
  from === 'source'
    ? {
        at: file,
        line,
        saw: `the ${kind} ${text ?? ''} of ${what} is fixed in the source`,
        wanted: `a setting, with this ${kind} as its default`,
      }
    : { at: file, line, saw: `the ${kind} of ${what} comes from the settings` }

const distinct = (all: Whereabouts[]): Whereabouts[] => {
  const seen = new Set<string>()
  return all.filter(({ kind, text, file, line }) => {
    const key = text === null ? `${file}:${line}` : `${kind} ${text} ${file}`
    return !seen.has(key) && seen.add(key)
  })
}

const item: Item = {
  id: 'env-only-config',
  area: 'configuration',
  rows: [61, 100],
  title: 'Hosts, ports and paths can be set from outside',
  level: 'should',
  why: 'What is fixed in the source cannot be pointed at a proxy, a test system or another data centre without a new release.',
  how: 'Read each host, port and path from the environment, with the value of today as its default: process.env.CATALOGUE_URL ?? "https://...", a field of BaseSettings. Timeouts are judged by timeout-configuration, credentials by secrets-from-environment.',
  refs: ['https://12factor.net/config', 'https://docs.pydantic.dev/latest/concepts/pydantic_settings/'],
  checks: [
    check({
      asks: 'Can every host, port and path that the server uses be set from outside?',
      needs: { whereabouts, project },
      judge: ({ whereabouts: { found, files }, project }) => {
        if (files === 0) return unknown('no TypeScript, JavaScript or Python source of a server was read')
        const libraries = librariesThatMayCallOut(project)
        if (found.length === 0 && libraries.length > 0)
          return unknown(
            `no host, port or path was found in the source; what its libraries use (${libraries.slice(0, 5).join(', ')}) shows in a live run only`,
          )
        if (found.length === 0) return notApplicable('the source names no host, no port and no path of a machine')
        const fixed = found.filter(({ from }) => from === 'source')
        const open = found.find(({ from }) => from === 'undecided')
        if (fixed.length === 0 && open)
          return unknown(
            `where the ${open.kind} of ${open.what} in ${open.file}:${open.line} comes from was not decided`,
          )
        const chosen = found.find(({ from }) => from === 'chosen')
        if (fixed.length === 0 && chosen)
          return unknown(
            `a setting takes one of the ${chosen.kind}s that are written in the source (${chosen.what} in ${chosen.file}:${chosen.line}); whether any other can be set does not show`,
          )
        return judged(distinct(fixed).map(asEvidence), distinct(found).slice(0, 10).map(asEvidence), 'not reached')
      },
    }),
  ],
}

export default item
