// Required by Node before the program that is audited (NODE_OPTIONS), so that fetch and http(s).request go through the
// egress proxy at AIRWORTHY_EGRESS_PROXY, with agents and pools of their own too. Node's NODE_USE_ENV_PROXY reaches only
// the global agents, does not exist before 22.21 and 24, and prints a warning on some versions.
'use strict'

const http = require('node:http')
const https = require('node:https')
const net = require('node:net')
const tls = require('node:tls')

const maxHead = 16_384

const isLoopback = host => /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/i.test(host)

const failure = (code, host, port) =>
  Object.assign(new Error(`connect ${code} ${host}:${port}`), { code, syscall: 'connect', address: host, port })

/** A socket that reaches host:port through the proxy. */
const openTunnel = (proxy, host, port, done) => {
  const authority = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`
  const socket = net.connect({ host: proxy.hostname, port: Number(proxy.port) })
  let head = Buffer.alloc(0)
  // Nothing can follow the head: in HTTP and TLS the client speaks first.
  const end = error => {
    socket.off('error', end)
    socket.off('close', onClose)
    socket.off('data', onData)
    if (error) socket.on('error', () => {}).destroy()
    done(error, socket)
  }
  const onClose = () => end(failure('ECONNRESET', host, port))
  const onData = chunk => {
    head = Buffer.concat([head, chunk])
    const isWhole = head.includes('\r\n\r\n')
    if (!isWhole && head.length < maxHead) return
    const granted = isWhole && /^HTTP\/1\.[01] 200 /.test(head.toString('latin1'))
    end(granted ? null : failure('ECONNREFUSED', host, port))
  }
  socket.on('error', end)
  socket.on('close', onClose)
  socket.on('data', onData)
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
}

/** Node's own proxying, where the program or its owner asked for it, already leads to the proxy. */
const isProxied = agent =>
  Object.getOwnPropertySymbols(agent).some(symbol => symbol.description === 'kProxyConfig' && agent[symbol])

/** An agent counts its sockets when they are made: without this, maxSockets would not hold while tunnels open. */
const takePlace = (agent, options) => {
  const key = options._agentKey
  if (typeof key !== 'string' || !agent.sockets) return () => {}
  const place = { destroy() {} }
  agent.sockets[key] ??= []
  agent.sockets[key].push(place)
  return () => {
    const index = agent.sockets[key]?.indexOf(place) ?? -1
    if (index >= 0) agent.sockets[key].splice(index, 1)
  }
}

/** A socket that fails as it connects, as without a proxy: the agent then goes on with what waits for a place. */
const fail = (error, done) => {
  const socket = new net.Socket()
  socket.connecting = true
  done(null, socket)
  process.nextTick(() => socket.destroy(error))
}

const patchAgent = (proxy, { prototype }, usualPort, secured) => {
  const original = prototype.createConnection
  prototype.createConnection = function createConnection(options, done, ...rest) {
    const host = options?.host ?? 'localhost'
    const applies = typeof done === 'function' && typeof host === 'string' && !options.socketPath && !options.socket
    if (!applies || isLoopback(host) || isProxied(this)) return original.call(this, options, done, ...rest)
    const release = takePlace(this, options)
    openTunnel(proxy, host, Number(options.port ?? usualPort), (error, socket) => {
      release()
      if (error) fail(error, done)
      else done(null, secured ? original.call(this, { ...options, socket }) : socket)
    })
    return undefined
  }
}

const connector = proxy => (options, done) => {
  const host = options.hostname.replace(/^\[|\]$/g, '')
  const secured = options.protocol === 'https:'
  const port = Number(options.port || (secured ? 443 : 80))
  const name = options.servername || host
  const secure = socket => {
    if (!secured) {
      done(null, socket)
      return
    }
    const servername = net.isIP(name) ? {} : { servername: name }
    const wrapped = tls.connect({ socket, host: name, ...servername, ALPNProtocols: ['http/1.1'] })
    wrapped.once('error', done)
    wrapped.once('secureConnect', () => {
      wrapped.off('error', done)
      done(null, wrapped)
    })
  }
  if (!isLoopback(host)) {
    openTunnel(proxy, host, port, (error, socket) => (error ? done(error) : secure(socket)))
    return
  }
  const direct = net.connect({ host, port })
  direct.once('error', done)
  direct.once('connect', () => {
    direct.off('error', done)
    secure(direct)
  })
}

/** The pool behind fetch; the undici package from npm shares it where its version knows the same symbol. */
const patchFetch = proxy => {
  // Loads the undici inside Node, which puts its pool there.
  void globalThis.Response
  const symbols = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map(name => Symbol.for(name))
  const Agent = symbols.map(symbol => globalThis[symbol]?.constructor).find(one => one?.name === 'Agent')
  if (!Agent) return
  const pool = new Agent({ connect: connector(proxy) })
  for (const symbol of symbols) if (globalThis[symbol]) globalThis[symbol] = pool
}

try {
  const proxy = new URL(process.env.AIRWORTHY_EGRESS_PROXY)
  patchAgent(proxy, http.Agent, 80, false)
  patchAgent(proxy, https.Agent, 443, true)
  patchFetch(proxy)
} catch {
  // Whatever is different here, the program must run as it does without this file.
}
