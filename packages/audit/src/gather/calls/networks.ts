import type { Place, Resolver } from '../code/resolve.ts'
import { fieldOf, nameOf, type Call } from '../code/values.ts'
import type { Client } from './clients.ts'
import { inOptions, ofAmount, type Timeout } from './timeout.ts'

type Wait = Client['timeout']

const keyword = (name: string, index: number | null, otherwise: Timeout): Wait => {
  return (call, place, resolver) => {
    const given = fieldOf(call.named, name) ?? (index === null ? undefined : call.arguments[index])
    if (given) return ofAmount(given, place, resolver)
    return call.named.some(([key]) => key === '...') ? 'undecided' : otherwise
  }
}

/** What made the thing on which something is called; the call itself where it makes one. */
const madeBy = (call: Call, place: Place, resolver: Resolver): unknown[] =>
  call.callee.is === 'member'
    ? [call, ...resolver.things(call.callee.of, place).flatMap(({ value }) => (value.is === 'call' ? [value] : []))]
    : [call]

/** `socket.setTimeout(5000)`, `sock.settimeout(5)` of the same one. */
const setOnIt = (call: Call, place: Place, resolver: Resolver): Timeout => {
  const made = madeBy(call, place, resolver)
  const isSet = place.module.calls.some(
    ({ callee, arguments: [amount] }) =>
      callee.is === 'member' &&
      /^set_?timeout$/i.test(callee.name) &&
      amount?.is !== 'constant' &&
      resolver.things(callee.of, place).some(({ value }) => made.includes(value)),
  )
  return isSet ? 'present' : 'undecided'
}

const option =
  (key: string): Wait =>
  (call, place, resolver) =>
    call.arguments.some(value => inOptions(value, [key], place, resolver) === 'present') ? 'present' : 'undecided'

/** The channel of a command has a timeout of its own, or somebody looks whether it has ended. */
const ofCommand: Wait = (call, place, resolver, path) => {
  const own = keyword('timeout', 2, 'absent')(call, place, resolver, path)
  const isWatched = place.module.calls.some(({ callee }) =>
    /^(settimeout|exit_status_ready|recv_ready)$/.test(nameOf(callee)),
  )
  return own === 'absent' && isWatched ? 'undecided' : own
}

/** Its documents name no limit for the wait for an answer. */
const undecided: Wait = () => 'undecided'

/**
 * Clients of protocols other than HTTP by their package: the calls that make or use one, and whether that ends by itself.
 * Those that end by themselves without being told so are not among them: boto3 (60 s), nodemailer (10 min), kafkajs (30 s),
 * imapflow (5 min), basic-ftp (30 s), aiosmtplib (60 s), aiokafka (40 s), netmiko (10 s).
 */
export const networks: Record<string, [called: RegExp, timeout: Wait][]> = {
  // timeouts of a connection over SSH are for its handshake: a channel waits for as long as it is open
  ssh2: [[/^Client$/, undecided]],
  'ssh2-sftp-client': [[/^$/, undecided]],
  'node-ssh': [[/^NodeSSH$/, undecided]],
  net: [[/^(connect|createConnection|Socket\(\)\.connect)$/, setOnIt]],
  tls: [[/^connect$/, setOnIt]],
  ws: [[/^(WebSocket)?$/, undecided]],
  mqtt: [[/^connect(Async)?$/, undecided]],
  amqplib: [[/^connect$/, undecided]],
  imap: [[/^$/, option('socketTimeout')]],
  ldapjs: [[/^createClient$/, option('timeout')]],
  ldapts: [[/^Client$/, option('timeout')]],
  '@grpc/grpc-js': [[/^(Client|makeClientConstructor|loadPackageDefinition)$/, undecided]],

  socket: [
    [/^create_connection$/, keyword('timeout', 1, 'undecided')],
    [/^socket\(\)\.recv(from|_into)?$/, setOnIt],
  ],
  smtplib: [[/^(SMTP|SMTP_SSL|LMTP)$/, keyword('timeout', 3, 'absent')]],
  imaplib: [
    [/^IMAP4$/, keyword('timeout', 2, 'absent')],
    [/^IMAP4_SSL$/, keyword('timeout', null, 'absent')],
  ],
  ftplib: [[/^FTP(_TLS)?$/, keyword('timeout', null, 'absent')]],
  paramiko: [
    [/^(client\.)?SSHClient\(\)\.exec_command$/, ofCommand],
    [/^(client\.)?SSHClient\(\)\.(open_sftp|invoke_shell)$|SFTPClient\.from_transport$/, undecided],
  ],
  asyncssh: [[/^(connect|create_connection)$/, undecided]],
  asyncio: [[/^open_connection$/, undecided]],
  websockets: [[/^([\w.]+\.)?connect$/, undecided]],
  websocket: [[/^create_connection$/, keyword('timeout', 1, 'undecided')]],
  pika: [[/^BlockingConnection$/, undecided]],
  aio_pika: [[/^connect(_robust)?$/, undecided]],
  grpc: [[/^(aio\.)?(in)?secure_channel$/, undecided]],
  ldap3: [[/^Connection$/, keyword('receive_timeout', null, 'undecided')]],
}

/** Libraries of Python that wait for as long as `socket.setdefaulttimeout` says. */
export const followsDefault = /^(socket|smtplib|imaplib|ftplib)$/
