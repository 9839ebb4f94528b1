/** What this machine refused to the audit itself, by the code of the system. */
const refused: Record<string, string> = {
  ENOSPC: 'the disk with the directory for temporary files is full',
  EDQUOT: 'the quota of disk space is used up',
  EROFS: 'the directory for temporary files is read-only',
  EMFILE: 'no more files may be opened',
  ENFILE: 'no more files may be opened',
  ENOMEM: 'there is no more memory',
  EAGAIN: 'no more processes may be started',
}

const ofBinding = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EPERM', 'EAFNOSUPPORT'])

/** Why the audit could not do its own work here, which is neither its fault nor the server's; null for any other error. */
export const machineTrouble = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null
  const { code = '', syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (syscall === 'listen' || syscall === 'bind')
    return ofBinding.has(code)
      ? `the audit could not listen on ${address ?? 'this machine'}${port ? `:${port}` : ''} (${code})`
      : null
  const known = refused[code]
  return known === undefined ? null : `the audit could not go on: ${known} (${code})`
}
