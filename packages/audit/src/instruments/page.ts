import { createServer } from 'node:http'

const body = '<!doctype html><title>Sample page</title><h1>Sample page</h1><p>Served by the audit on this machine.</p>'

/** A page on this machine, for tools that want a URL: nothing has to leave the machine to call them. */
export const startPage = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(body))
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      server.unref()
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`)
    })
  })
