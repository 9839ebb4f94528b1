/** A variable, an option or a field that holds a credential, by its name: `NOTES_API_KEY`, `--token`, `clientSecret`. */
export const namesCredential = (name: string): boolean => {
  const words = name
    .replace(/^-+/, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  const last = words.at(-1) ?? ''
  const before = words.at(-2) ?? ''
  if (/^(token|secret|password|passwd|passphrase|apikey|credential|credentials|authtoken|accesstoken|pat)$/.test(last))
    return !/^(next|page|continuation|cancel|max|csrf|start|end|stop|sync|count|per|input|output|progress)$/.test(
      before,
    )
  return (
    last === 'key' &&
    /^(api|access|secret|private|auth|account|service|app|license|encryption|signing|catalogue|admin|subscription|account|storage|master)$/.test(
      before,
    )
  )
}

/** A variable of the environment with the address of a database, which has its password: `DATABASE_URL`, `MONGODB_URI`. */
export const namesConnection = (name: string): boolean =>
  /(^|_)((database|db|postgres(ql)?|pg|mysql|mariadb|mongo(db)?|mssql|redis|valkey|amqp|rabbitmq)_(connection_)?(url|uri|dsn)|connection_string)$/i.test(
    name,
  )

/** Names of headers that carry one. */
export const isCredentialHeader = (name: string): boolean =>
  /^(authorization|proxy-authorization|cookie|(x-)?[a-z-]*(api-?key|auth-?token|access-?token|private-token|secret))$/i.test(
    name,
  )
