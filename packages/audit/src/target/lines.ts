export interface LineReader {
  push(chunk: Buffer): void
  /** Delivers what stands after the last line end, if anything. */
  end(): void
}

/**
 * Splits bytes into lines at LF. A line longer than `maxBytes` is not kept: `overlong` is told its first 200 bytes once
 * and the rest is dropped up to the next line end.
 */
export const readLines = (
  maxBytes: number,
  line: (text: string, terminated: boolean) => void,
  overlong: (head: string) => void,
): LineReader => {
  let parts: Buffer[] = []
  let size = 0
  let dropping = false

  const flush = (terminated: boolean): void => {
    if (!dropping && (size > 0 || terminated)) line(Buffer.concat(parts).toString('utf8'), terminated)
    parts = []
    size = 0
    dropping = false
  }
  const keep = (chunk: Buffer): void => {
    if (dropping || chunk.length === 0) return
    parts.push(chunk)
    size += chunk.length
    if (size > maxBytes) {
      overlong(Buffer.concat(parts).subarray(0, 200).toString('utf8'))
      parts = []
      size = 0
      dropping = true
    }
  }
  return {
    push: chunk => {
      let rest = chunk
      for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
        keep(rest.subarray(0, at))
        flush(true)
        rest = rest.subarray(at + 1)
      }
      keep(rest)
    },
    end: () => flush(false),
  }
}
