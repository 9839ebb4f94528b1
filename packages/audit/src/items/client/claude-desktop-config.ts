import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence } from '../../core/verdict.ts'
import { manifests } from '../../gather/manifests.ts'
import { project } from '../../gather/project.ts'
import { startLines, type ShownServer, type StartLines } from '../../gather/start-lines.ts'

const wanted = 'a configuration with mcpServers that starts this package'

const flaws = ({ path, line, server, written, start, relative }: ShownServer): Evidence[] => {
  if (start?.names !== 'own') return []
  const at = { at: path, line }
  return [
    ...(start.fault === null ? [] : [{ ...at, saw: `"${server}" runs ${written}: ${start.fault}`, wanted }]),
    ...(relative === null
      ? []
      : [
          {
            ...at,
            saw: `"${server}" runs ${relative}, which a desktop client looks for in another directory`,
            wanted: 'an absolute path, or npx or uvx',
          },
        ]),
  ]
}

const unread = ({ broken }: StartLines): Evidence[] =>
  broken.map(({ path, line, because }) => ({ at: path, line, saw: because, wanted: 'JSON that can be copied' }))

const shown = ({ path, line, server, written, env }: ShownServer): Evidence => ({
  at: path,
  line,
  saw: `"${server}" runs ${written.slice(0, 160)}${env.length > 0 ? ` with ${env.join(', ')}` : ''}`,
})

const item: Item = {
  id: 'claude-desktop-config',
  area: 'client',
  rows: [144],
  title: 'A client configuration that can be copied',
  level: 'must',
  why: 'A desktop client shows nothing but «server disconnected» when the configuration that was copied has a comma too many or a relative path.',
  how: 'Show a complete claude_desktop_config.json in the README: valid JSON, `mcpServers`, `npx` or `uvx` with the published name (or an absolute path), and the variables it needs under `env`.',
  refs: ['https://modelcontextprotocol.io/docs/develop/connect-local-servers'],
  applies: { profile: 'local' },
  checks: [
    check({
      asks: 'Do the documents show a valid client configuration that starts this package?',
      needs: { startLines, manifests, project },
      judge: ({ startLines, manifests, project: { scope } }) => {
        if (scope.others.length > 0)
          return unknown(`${scope.because}: check one of ${scope.others.slice(0, 6).join(', ')}`)
        const desktop = startLines.servers.filter(({ key }) => key === 'mcpServers')
        const own = desktop.filter(({ start }) => start?.names === 'own')
        const sound = own.filter(server => flaws(server).length === 0)
        const relativeOnly = sound.length > 0 ? own.filter(({ start }) => start?.fault !== null) : own
        const broken = [...unread(startLines), ...relativeOnly.flatMap(flaws)]
        if (broken.length > 0 || sound.length > 0) return judged(broken, sound.slice(0, 6).map(shown), 'not reached')
        const { bundle, readme } = startLines
        if (bundle && manifests.found.some(({ kind }) => kind === 'mcpb'))
          return judged(
            [],
            [{ at: bundle.path, line: bundle.line, saw: 'a bundle that the client opens' }],
            'not reached',
          )
        const unclear = desktop.find(({ start }) => start === null || start.names === 'unclear')
        if (unclear)
          return unknown(
            `"${unclear.server}" (${unclear.path}:${unclear.line}) runs ${unclear.written.slice(0, 100)}: whether that is this package cannot be told from here`,
          )
        const [other] = desktop
        if (other)
          return fail({
            at: other.path,
            line: other.line,
            saw: `"${other.server}" runs ${other.written}, which is not this package`,
            wanted,
          })
        const [elsewhere] = startLines.servers
        const saw = elsewhere ? 'a configuration for other clients only' : 'no configuration of a client'
        return fail({ at: elsewhere?.path ?? readme ?? 'README.md', saw, wanted })
      },
    }),
  ],
}

export default item
