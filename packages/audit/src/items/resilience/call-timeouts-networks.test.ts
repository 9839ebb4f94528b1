import { describe, expect, it } from 'vitest'
import { judgeFiles, type Files } from '../../testing/repositories.ts'
import callTimeouts from './call-timeouts.ts'

const ts = (text: string): Files => ({
  'src/a.ts': `import '@modelcontextprotocol/sdk'\n${text}\nawait fetch(u, { signal: AbortSignal.timeout(5000) })\n`,
})
const py = (text: string): Files => ({ 'pkg/a.py': `import requests\n${text}\nrequests.get(u, timeout=5)\n` })
const told = async (files: Files): Promise<string> => {
  const [all] = (await judgeFiles(callTimeouts, files)).verdicts
  return `${all?.status}: ${all?.because ?? all?.evidence?.[0]?.saw ?? ''}`
}

describe('clients of protocols other than HTTP', () => {
  it.each<[string, Files]>([
    ['SSH', ts(`import { Client } from 'ssh2'\nconst client = new Client()\nclient.sftp(done)`)],
    ['SFTP', ts(`import Client from 'ssh2-sftp-client'\nconst client = new Client()`)],
    ['a socket', ts(`import net from 'node:net'\nconst socket = net.connect(22, host)`)],
    ['a socket that is made first', ts(`import net from 'node:net'\nconst s = new net.Socket()\ns.connect(22, host)`)],
    ['a WebSocket', ts(`import WebSocket from 'ws'\nconst socket = new WebSocket(u)`)],
    ['a socket in Python', py('import socket\ns = socket.create_connection((h, 22))\ns.recv(9)')],
    [
      'asyncssh',
      py('import asyncssh\nasync def a():\n    async with asyncssh.connect(h) as c:\n        await c.run("ls")'),
    ],
    [
      'a connection that is waited for, and not what comes over it',
      py(
        'import asyncio, websockets\nasync def a():\n    c = await asyncio.wait_for(websockets.connect(u), 5)\n    await c.recv()',
      ),
    ],
    ['a stream', py('import asyncio\nasync def a():\n    r, w = await asyncio.open_connection(h, 1)')],
    ['SFTP in Python', py('import paramiko\nc = paramiko.SSHClient()\nc.open_sftp().stat(p)')],
  ])('names what was not decided: %s', async (_, files) => {
    expect(await told(files)).toMatch(/^unknown: whether \w[\w.() -]* in \S+:\d+ has a timeout was not decided$/)
  })

  it.each<[string, Files]>([
    ['a mail', py('import smtplib\nwith smtplib.SMTP(h, 25) as s:\n    s.send_message(m)')],
    ['a mailbox', py('import imaplib\nm = imaplib.IMAP4_SSL(h)')],
    ['a file of another machine', py('from ftplib import FTP\nf = FTP(h)')],
    [
      'a command over SSH',
      py('import paramiko\nc = paramiko.SSHClient()\nc.connect(h, timeout=5)\nc.exec_command("ls")'),
    ],
    ['none at all', py('import smtplib\ns = smtplib.SMTP(h, 25, timeout=None)')],
  ])('fails %s without a timeout', async (_, files) => {
    expect(await told(files)).toMatch(/^fail: .*no timeout$/)
  })

  it.each<[string, Files]>([
    [
      'a socket with a timeout',
      ts(
        `import net from 'node:net'\nconst socket = net.connect(22, host)\nsocket.setTimeout(5000, () => socket.destroy())`,
      ),
    ],
    [
      'a socket that a timer ends',
      ts(`import { connect } from 'net'\nconst socket = connect(22, host)\nsetTimeout(() => socket.destroy(), 5000)`),
    ],
    [
      'a server for WebSockets',
      ts(`import { WebSocketServer } from 'ws'\nconst server = new WebSocketServer({ port: 1 })`),
    ],
    ['a socket that is not connected', ts(`import net from 'node:net'\nconst request = { socket: new net.Socket() }`)],
    ['a server of its own', ts(`import net from 'node:net'\nnet.createServer().listen(0)`)],
    ['a type of SSH', ts(`import type { Client } from 'ssh2'\nexport const f = (client: Client) => client`)],
    ['a mail with a timeout', py('import smtplib\ns = smtplib.SMTP(h, 25, timeout=10)')],
    ['all sockets', py('import smtplib, socket\nsocket.setdefaulttimeout(10)\ns = smtplib.SMTP(h)')],
    ['a connection with a timeout', py('import socket\ns = socket.create_connection((h, 22), 5)')],
    ['a socket in Python', py('import socket\ns = socket.socket()\ns.settimeout(5)\ns.connect((h, 1))\ns.recv(9)')],
    [
      'the address of the machine',
      py('import socket\ns = socket.socket()\ns.connect(("8.8.8.8", 80))\ns.getsockname()'),
    ],
    ['a command with a timeout', py('import paramiko\nc = paramiko.SSHClient()\nc.exec_command("ls", timeout=5)')],
    [
      'a mail that is waited for',
      py(
        'import asyncio, smtplib\nasync def a():\n    await asyncio.wait_for(asyncio.to_thread(lambda: smtplib.SMTP(h)), 5)',
      ),
    ],
    ['boto3', py('import boto3\nboto3.client("s3").list_buckets()')],
  ])('passes %s', async (_, files) => {
    expect(await told(files)).toMatch(/^pass: /)
  })
})
