import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, pass, unknown, fail, type Evidence } from '../../core/verdict.ts'
import { answeredSecrets } from '../../gather/answered-secrets.ts'
import { looseFiles } from '../../gather/loose-files.ts'
import { loggedSecrets } from '../../gather/logged-secrets.ts'
import { secrets, type FoundSecret } from '../../gather/secrets.ts'
import { writtenKeys, type WrittenKey } from '../../gather/written-keys.ts'

const asEvidence = ({ kind, masked, path, line, object }: FoundSecret): Evidence => ({
  at: path,
  line,
  saw: `${kind} ${masked}${object === null ? '' : `, in an earlier version (git object ${object.slice(0, 10)})`}`,
  wanted: object === null ? 'a reference to the environment or to a secret store' : 'the secret revoked and replaced',
})

const keyAsEvidence = ({ by, masked, isDefault, file, line }: WrittenKey): Evidence => ({
  at: file,
  line,
  saw: `${by} is given ${masked}, which stands in the source${isDefault ? ' and is used while no other key is set' : ''}`,
  wanted: 'a key from the environment or a secret store, without a default',
})

const item: Item = {
  id: 'secret-management',
  area: 'security',
  rows: [33, 59],
  title: 'No secrets in the repository, and none in the log',
  level: 'must',
  why: 'Whoever can read the repository, a package made of it or its history can use every secret that was ever written there; what a server logs is read by many more.',
  how: 'Revoke and replace the secret, read it from the environment, and keep `.env` in .gitignore with a `.env.example` beside it. Log names and counts, never a credential, process.env or the whole settings; SecretStr and the redact option of pino help.',
  refs: ['https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html'],
  combine: 'all',
  checks: [
    check({
      asks: 'Are the files free of secrets?',
      needs: { secrets },
      judge: ({ secrets: { found, files } }) =>
        judged(
          found.filter(({ object }) => object === null).map(asEvidence),
          files > 0 ? [{ at: '.', saw: `no secret in ${files} files` }] : [],
          'no file could be read',
        ),
    }),
    check({
      asks: 'Is the history of the repository free of secrets?',
      needs: { secrets },
      judge: ({ secrets: { found, history } }) => {
        const broken = found.filter(({ object }) => object !== null).map(asEvidence)
        if (broken.length === 0 && !history) return notApplicable('the directory has no git history that can be read')
        if (broken.length === 0 && history?.cut && history.read === 0)
          return unknown(`no version could be read before the ${history.cut}`)
        const part = history?.cut
          ? `the newest ${history.read} versions (the rest was cut at the ${history.cut})`
          : `${history?.read} versions`
        return judged(broken, [{ at: '.git', saw: `no secret in ${part} of files` }], 'not reached')
      },
    }),
    check({
      asks: 'Is the .env file that the code loads kept out of the repository?',
      needs: { secrets },
      judge: ({ secrets: { loadsEnvironment, ignoresEnvironment } }) => {
        if (!loadsEnvironment) return notApplicable('the code loads no .env file')
        if (ignoresEnvironment === null) return notApplicable('the directory is not a git repository')
        const { path, line } = loadsEnvironment
        return ignoresEnvironment
          ? pass({ at: '.gitignore', saw: `.env is ignored; it is loaded in ${path}:${line}` })
          : fail({
              at: path,
              line,
              saw: 'a .env file is loaded, and .gitignore does not cover it',
              wanted: '.env in .gitignore',
            })
      },
    }),
    check({
      asks: 'Does the server keep credentials out of its log?',
      rows: [59],
      needs: { logged: loggedSecrets },
      judge: ({ logged: { found, logged, files } }) => {
        if (files === 0) return unknown('no TypeScript, JavaScript or Python source of a server was read')
        if (logged === 0) return notApplicable('the source logs nothing')
        const broken = found
          .filter(({ redacted }) => !redacted)
          .map(({ log, what, file, line }) => ({
            at: file,
            line,
            saw: `${what} is given to ${log}`,
            wanted: 'whether it is set, never its value',
          }))
        const [open] = found
        if (broken.length === 0 && open)
          return unknown(`whether the logger takes out ${open.what} in ${open.file}:${open.line} was not decided`)
        return judged(broken, [{ at: '.', saw: `no credential in ${logged} calls of a log` }], 'not reached')
      },
    }),
    check({
      asks: 'Does the server keep credentials out of what it answers, and out of the texts of its errors?',
      rows: [59],
      needs: { answered: answeredSecrets },
      judge: ({ answered }) => {
        const [first, ...more] = answered.map(({ what, in: place, file, line }) => ({
          at: file,
          line,
          saw: `${what} stands in ${place}: the client, its model and their logs get it`,
          wanted: 'whether it is set, never its value',
        }))
        return first ? fail(first, ...more) : notApplicable('no credential was seen on the way to an answer')
      },
    }),
    check({
      asks: 'Can others on the machine read or change the files in which credentials are kept?',
      rows: [59],
      needs: { loose: looseFiles },
      judge: ({
        loose: {
          loose,
          closed,
          open: [open],
        },
      }) => {
        const broken = loose.map(({ file, line, saw, wanted }) => ({ at: file, line, saw, wanted }))
        const proven = closed.map(({ file, line, saw }) => ({ at: file, line, saw }))
        if (broken.length === 0 && open)
          return unknown(`who may read the credential that ${open.file}:${open.line} writes was not decided`)
        return broken.length + proven.length === 0
          ? notApplicable('no file was found in which the source keeps a credential')
          : judged(broken, proven, 'not reached')
      },
    }),
    check({
      asks: 'Is what encrypts and signs given a key that does not stand in the source?',
      needs: { keys: writtenKeys },
      judge: ({ keys }) => {
        const [first, ...more] = keys.map(keyAsEvidence)
        return first
          ? fail(first, ...more)
          : notApplicable('nothing in the source that was read is given a key that stands in it')
      },
    }),
  ],
}

export default item
