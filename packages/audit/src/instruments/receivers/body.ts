import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'

/** What one request may have, before and after it is unpacked. */
const maxBytes = 16 * 1024 * 1024

const unpack: Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

export type Body = { bytes: Buffer } | { status: 400 | 413 | 415; fault: string }

/** The body of a request, unpacked; or why it is not taken. */
export const readBody = async (request: IncomingMessage): Promise<Body> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) return { status: 413, fault: 'a body of more than 16 MB' }
    chunks.push(chunk)
  }
  const packed = Buffer.concat(chunks)
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return { bytes: packed }
  const open = unpack[encoding]
  if (!open) return { status: 415, fault: `the content encoding ${encoding.slice(0, 40)}` }
  try {
    return { bytes: await open(packed, { maxOutputLength: maxBytes }) }
  } catch (error) {
    const isBomb = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    return isBomb
      ? { status: 413, fault: 'a body that unpacks to more than 16 MB' }
      : { status: 400, fault: `a body that is no ${encoding}` }
  }
}

export const answer = (response: ServerResponse, status: number, type: string, body: string | Buffer): void => {
  // What was not read would be taken for the next request.
  if (status === 413) response.setHeader('connection', 'close')
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}
