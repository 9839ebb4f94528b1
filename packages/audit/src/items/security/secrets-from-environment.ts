import { check, type Item } from '../../core/item.ts'
import { judged, notApplicable, unknown, type Evidence } from '../../core/verdict.ts'
import { namesCredential } from '../../gather/credential-names.ts'
import { handedVariables, readByLibrary } from '../../gather/handed-variables.ts'
import { manifestCredentials, type ManifestCredential } from '../../gather/manifest-credentials.ts'
import { settingsReads, type SettingsReads } from '../../gather/settings-reads.ts'
import { writtenCredentials } from '../../gather/written-credentials.ts'
import { writtenKeys } from '../../gather/written-keys.ts'

/** What can only be given on the command line is seen by everybody who lists the processes. */
const onlyOptions = ({ options, variables }: SettingsReads): Evidence[] =>
  variables.some(({ name }) => namesCredential(name))
    ? []
    : options
        .filter(({ name }) => namesCredential(name))
        .map(({ name, path, line }) => ({
          at: path,
          line,
          saw: `${name} can only be given as an argument, which every list of processes shows`,
          wanted: 'an environment variable or a file',
        }))

const asEvidence = ({ name, path, line, hidden, written }: ManifestCredential): Evidence => {
  if (written)
    return { at: path, line, saw: `the value of ${name} stands in the manifest`, wanted: '${user_config...}' }
  return hidden
    ? { at: path, line, saw: `${name} is kept secret by the installer` }
    : {
        at: path,
        line,
        saw: `${name} is a credential, and not marked as one`,
        wanted: '"sensitive": true (in server.json "isSecret": true)',
      }
}

const item: Item = {
  id: 'secrets-from-environment',
  area: 'security',
  rows: [34],
  title: 'Credentials come from the environment',
  level: 'must',
  why: 'A credential in the source is known to everybody who has the package, and cannot be replaced without a new release.',
  how: 'Read each credential from an environment variable or a mounted file, without a default, and mark it "sensitive" in manifest.json and "isSecret" in server.json. Revoke what was published.',
  refs: [
    'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
    'https://12factor.net/config',
  ],
  combine: 'all',
  checks: [
    check({
      asks: 'Does the code take every credential from the environment or a file?',
      needs: { written: writtenCredentials, keys: writtenKeys, reads: settingsReads, handed: handedVariables },
      judge: ({ written, keys, reads, handed }) => {
        if (written.files === 0 && reads.sources === 0)
          return unknown('no TypeScript, JavaScript or Python source of a server was read')
        const broken = written.found.map(({ name, masked, file, line }) => ({
          at: file,
          line,
          saw: `${name} is ${masked}, written in the source`,
          wanted: 'an environment variable or a file, without a default',
        }))
        const proven = reads.variables
          .filter(({ name }) => namesCredential(name))
          .map(({ name, path, line }) => ({ at: path, line, saw: `${name} is read from the environment` }))
        const fixed = keys.map(({ by, masked, file, line }) => ({
          at: file,
          line,
          saw: `the key of ${by} is ${masked}, written in the source`,
          wanted: 'an environment variable or a file, without a default',
        }))
        const faults = [...broken, ...fixed, ...onlyOptions(reads)]
        const [computed] = reads.computed
        const byLibrary = handed.find(({ name }) => namesCredential(name))
        if (faults.length + proven.length === 0)
          return computed
            ? unknown(`the names of the settings are computed, in ${computed.path}:${computed.line}`)
            : byLibrary
              ? unknown(readByLibrary(byLibrary))
              : notApplicable('the source uses no credential')
        return judged(faults, proven, 'not reached')
      },
    }),
    check({
      asks: 'Do the manifests ask for credentials as secrets?',
      needs: { credentials: manifestCredentials },
      judge: ({ credentials }) => {
        const broken = credentials.filter(({ hidden, written }) => written || !hidden)
        return credentials.length === 0
          ? notApplicable('no manifest names a credential')
          : judged(broken.map(asEvidence), credentials.map(asEvidence), 'not reached')
      },
    }),
  ],
}

export default item
