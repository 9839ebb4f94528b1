import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { openedThings, type Opened } from '../../gather/opened.ts'
import { project } from '../../gather/project.ts'

const left = ({ what, file, line, ending }: Opened): Evidence => ({
  at: file,
  line,
  saw:
    ending === 'straight' ? `${what}: it is closed only when nothing goes wrong before` : `${what}: nobody closes it`,
  wanted: 'async with, a lifespan, await using, or a close in finally',
})

const item: Item = {
  id: 'async-context',
  area: 'protocol',
  rows: [84],
  title: 'Clients and sessions live in contexts that close them',
  level: 'should',
  why: 'A client that nobody closes keeps its sockets and tasks; after some thousand calls the server can connect to nothing.',
  how: 'Open what lives for one call with `async with` or `await using`, and what lives as long as the server in its lifespan; close it in `finally` where there is neither.',
  refs: [
    'https://docs.python.org/3/library/contextlib.html#contextlib.asynccontextmanager',
    'https://www.python-httpx.org/async/#opening-and-closing-clients',
    'https://www.typescriptlang.org/docs/handbook/release-notes/typescript-5-2.html',
  ],
  checks: [
    check({
      asks: 'Is every client, session and connection opened in something that closes it?',
      needs: { openedThings, project },
      judge: ({ openedThings: { opened, files }, project }) => {
        if (files === 0)
          return unknown(
            project.unread
              ? `no reader for ${project.unread}`
              : 'no TypeScript, JavaScript or Python source of a server was read',
          )
        const clients = opened.filter(({ kind }) => kind === 'client')
        if (clients.length === 0)
          return notApplicable(`${files} source files open no asynchronous client, session or connection`)
        const broken = clients.filter(({ ending }) => ending === 'never' || ending === 'straight')
        const open = clients.find(({ ending }) => ending === 'kept' || ending === 'handed-over')
        if (broken.length === 0 && open)
          return unknown(`who closes ${open.what} of ${open.file}:${open.line} when the server ends was not found`)
        return judged(
          broken.map(left),
          clients.map(({ what, file, line, ending }) => ({
            at: file,
            line,
            saw: `${what}: closed by ${ending === 'elsewhere' ? 'another function' : `a ${ending}`}`,
          })),
          'not reached',
        )
      },
    }),
  ],
}

export default item
