import { describe, expect, it } from 'vitest'
import { judgeFiles } from '../../testing/repositories.ts'
import callTimeouts from './call-timeouts.ts'

const status = async (made: string, before = ''): Promise<string | undefined> =>
  (
    await judgeFiles(callTimeouts, {
      'pkg/a.py': `import socket\nfrom http.client import HTTPConnection\nfrom xmlrpc.client import SafeTransport, ServerProxy, Transport\n${before}\nproxy = ${made}\n`,
    })
  ).verdicts.find(({ proof }) => proof === 'repository')?.status

const transport = (body: string): string => `class Own(Transport):\n    ${body.replaceAll('\n', '\n    ')}\n`

describe('call-timeouts of XML-RPC', () => {
  it.each<[string, string, string, string]>([
    ['a proxy', 'ServerProxy("http://a")', '', 'fail'],
    ['a transport of the library', 'ServerProxy("https://a", transport=SafeTransport())', '', 'fail'],
    ['a transport for other things', 'ServerProxy("http://a", Own())', transport('agent = "a"'), 'fail'],
    [
      'a transport that tells of a timeout',
      'ServerProxy("http://a", transport=Own())',
      transport('def make_connection(self, host):\n    return HTTPConnection(host, timeout=5)'),
      'unknown',
    ],
    ['a transport from elsewhere', 'ServerProxy("http://a", transport=made())', '', 'unknown'],
    ['a timeout of all sockets', 'ServerProxy("http://a")', 'socket.setdefaulttimeout(10)', 'pass'],
    ['none for all sockets', 'ServerProxy("http://a")', 'socket.setdefaulttimeout(None)', 'fail'],
  ])('%s', async (_, made, before, wanted) => expect(await status(made, before)).toBe(wanted))
})
