import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { installedStarts, type InstalledStart } from '../../gather/installed-starts.ts'
import { manifests, type Manifests } from '../../gather/manifests.ts'
import { absence } from '../../gather/named.ts'
import { project } from '../../gather/project.ts'
import { isPublished, published, type Published } from '../../gather/published.ts'
import { startLines, type ShownServer, type StartLines, type WrittenStart } from '../../gather/start-lines.ts'

interface Way {
  path: string
  line: number
  written: string
  names: WrittenStart['names']
  how: WrittenStart['how']
  fault: string | null
}

const ofServer = ({ path, line, written, start }: ShownServer): Way =>
  start ? { path, line, written, ...start } : { path, line, written, names: 'unclear', how: 'remote', fault: null }

const rank = ({ how }: Way): number => ['registry', 'container', 'script', 'sources', 'remote'].indexOf(how)

/** The shortest ways first. */
const waysIn = ({ lines, servers }: StartLines): Way[] =>
  [...lines, ...servers.map(ofServer)].toSorted((a, b) => rank(a) - rank(b))

const faulty = (ways: Way[]): Evidence[] =>
  ways.flatMap(({ path, line, written, names, fault }) =>
    names === 'own' && fault !== null
      ? [{ at: path, line, saw: `${written}: ${fault}`, wanted: 'a line that works as it stands there' }]
      : [],
  )

const absent = ({ missing }: StartLines, archive: Published): Evidence[] =>
  isPublished(archive)
    ? []
    : missing.slice(0, 10).map(one => ({ at: one.path, line: one.line, saw: absence(one), wanted: one.wanted }))

const shown = (ways: Way[]): Evidence[] =>
  ways.slice(0, 6).map(({ path, line, written }) => ({ at: path, line, saw: written.slice(0, 160) }))

/** Nothing that names this package: whether that is wrong depends on what else stands there. */
const unnamed = (ways: Way[], readme: string, name: string | null): Verdict => {
  const unclear = ways.find(({ names }) => names === 'unclear')
  if (unclear)
    return unknown(
      `${unclear.path}:${unclear.line} «${unclear.written.slice(0, 100)}»: whether that is this package cannot be told from here`,
    )
  const [other] = ways
  const wanted = `a line that installs or starts ${name ?? 'this package'}`
  if (other)
    return fail({ at: other.path, line: other.line, saw: `${other.written}, which is not this package`, wanted })
  return fail({ at: readme, saw: 'no line that installs or starts it', wanted })
}

const isOneStep = ({ how }: Way): boolean => how !== 'sources'

const bundled = ({ bundle }: StartLines, { found }: Manifests): Evidence[] =>
  bundle && found.some(({ kind }) => kind === 'mcpb')
    ? [{ at: bundle.path, line: bundle.line, saw: 'a bundle to open' }]
    : []

const judgeStarts = (starts: InstalledStart[]): Verdict => {
  const isBroken = starts.some(({ came }) => came === 'broken')
  const open = starts.find(({ came }) => came === 'open')
  const evidence = ({ path, line, written, saw }: InstalledStart): Evidence => ({
    at: path,
    line,
    saw: `${written.slice(0, 120)}, in an empty directory: ${saw}`,
  })
  if (!isBroken && open) return unknown(`${open.written.slice(0, 120)}: ${open.saw}`)
  return judged(
    starts
      .filter(({ came }) => came === 'broken')
      .map(one => ({ ...evidence(one), wanted: 'a line that works as it stands there' })),
    starts.filter(({ came }) => came === 'to its handshake').map(evidence),
    'no line was run',
  )
}

const item: Item = {
  id: 'installation',
  area: 'packaging',
  rows: [67, 112, 114],
  title: 'Installation that works as it is written down',
  level: 'must',
  why: 'People copy the first line of the README; when it names another package or a private one, they install something else or give up.',
  how: 'Write the one line that starts it (`npx -y NAME`, `uvx NAME`, `docker run IMAGE`) or installs it into the README, with the name under which the package is published, and try it in an empty directory.',
  refs: [
    'https://docs.npmjs.com/cli/commands/npx',
    'https://docs.astral.sh/uv/guides/tools/',
    'https://modelcontextprotocol.io/docs/develop/connect-local-servers',
  ],
  combine: 'either-fails',
  checks: [
    check({
      asks: 'Do the install and start lines of the documents name this package, and can they work?',
      rows: [67, 114],
      needs: { startLines, project, published },
      judge: ({ startLines, project: { scope }, published }) => {
        if (scope.others.length > 0)
          return unknown(`${scope.because}: check one of ${scope.others.slice(0, 6).join(', ')}`)
        if (startLines.readme === null) return fail({ at: 'README.md', saw: 'no README', wanted: 'how to install it' })
        const ways = waysIn(startLines)
        const broken = [...faulty(ways), ...absent(startLines, published)]
        const own = ways.filter(({ names, fault }) => names === 'own' && fault === null)
        if (broken.length === 0 && own.length === 0) return unnamed(ways, startLines.readme, scope.name)
        return judged(broken, shown(own), 'not reached')
      },
    }),
    check({
      asks: 'Can it be installed or started in one step?',
      rows: [112],
      level: 'should',
      needs: { startLines, manifests, project },
      judge: ({ startLines, manifests, project: { scope } }) => {
        if (scope.others.length > 0) return unknown(scope.because)
        const ways = waysIn(startLines)
        const easy = ways.filter(way => way.names === 'own' && way.fault === null && isOneStep(way))
        const proven = [...shown(easy), ...bundled(startLines, manifests)]
        if (proven.length === 0 && ways.some(way => way.names === 'unclear' && isOneStep(way)))
          return unknown('whether the line that installs it in one step is about this package cannot be told from here')
        const by = ways[0]
          ? `only by hand: ${ways
              .slice(0, 3)
              .map(({ written }) => written.slice(0, 60))
              .join('; ')}`
          : 'no line'
        const wanted = 'npx, uvx, pipx, docker run, a bundle or a script that does it'
        const broken = proven.length > 0 ? [] : [{ at: startLines.readme ?? 'README.md', saw: by, wanted }]
        return judged(broken, proven, 'not reached')
      },
    }),
    check({
      asks: 'Do the start lines of the documents work in an empty directory?',
      needs: { installedStarts },
      judge: ({ installedStarts }) => judgeStarts(installedStarts),
    }),
  ],
}

export default item
