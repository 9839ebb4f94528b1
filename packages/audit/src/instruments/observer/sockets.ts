import { readFileSync } from 'node:fs'
import { SocketAddress } from 'node:net'
import { endianness } from 'node:os'
import type { Address, Socket } from './figures.ts'

const states: Record<string, string> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE_WAIT',
  '09': 'LAST_ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
}

/** The kernel prints each 32-bit word of an address in the byte order of the machine. */
const bytesOf = (hex: string): Buffer => {
  const bytes = Buffer.from(hex, 'hex')
  return endianness() === 'LE' ? bytes.swap32() : bytes
}

/** `0100007F:1F90` is 127.0.0.1:8080. */
export const addressFrom = (text: string): Address => {
  const [hex = '', port = '0'] = text.split(':')
  const bytes = bytesOf(hex)
  const at = { port: Number.parseInt(port, 16) }
  if (bytes.length === 4) return { host: bytes.join('.'), ...at }
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  const { address } = new SocketAddress({ address: groups.join(':'), family: 'ipv6' })
  return { host: address.replace(/^::ffff:(?=\d+\.)/, ''), ...at }
}

type Ends = Omit<Socket, 'descriptor'>

const internet = (line: string, protocol: 'tcp' | 'udp'): [inode: string, ends: Ends] => {
  const [, local = '', remote = '', code = '', , , , , , inode = ''] = line.trim().split(/\s+/)
  const peer = addressFrom(remote)
  const connected = peer.port > 0
  const state = protocol === 'udp' && !connected ? 'UNCONNECTED' : (states[code] ?? code)
  return [inode, { protocol, local: addressFrom(local), remote: connected ? peer : null, state }]
}

const accepting = 0x10000
const unixStates: Record<string, string> = { '01': 'UNCONNECTED', '02': 'SYN_SENT', '03': 'ESTABLISHED' }

const unix = (line: string): [inode: string, ends: Ends] => {
  const [, , , flags = '0', , code = '', inode = '', ...path] = line.trim().split(/\s+/)
  const state = Number.parseInt(flags, 16) & accepting ? 'LISTEN' : (unixStates[code] ?? code)
  const name = path.length > 0 ? { path: path.join(' ') } : {}
  return [inode, { protocol: 'unix', local: null, remote: null, state, ...name }]
}

const inodeAt = { tcp: 9, tcp6: 9, udp: 9, udp6: 9, unix: 6 } as const

/** The ends of these sockets in the network namespace of a process, by inode. */
export const socketsSeenBy = (pid: number, wanted: ReadonlySet<string>): Map<string, Ends> => {
  const found = new Map<string, Ends>()
  for (const [table, column] of Object.entries(inodeAt)) {
    let text = ''
    try {
      text = readFileSync(`/proc/${pid}/net/${table}`, 'latin1')
    } catch {
      continue
    }
    for (const line of text.split('\n').slice(1)) {
      if (!wanted.has(line.trim().split(/\s+/, column + 1)[column] ?? '')) continue
      const [inode, ends] = table === 'unix' ? unix(line) : internet(line, table.startsWith('tcp') ? 'tcp' : 'udp')
      found.set(inode, ends)
    }
  }
  return found
}
