import type { Probe } from './workload.ts'

/** What a probe finds out. */
export interface Asked {
  /** `nothing`: it cannot fail, or only says that a program exists. `unread`: a program of its own. */
  what: 'http' | 'tcp' | 'grpc' | 'nothing' | 'unread'
  /** Path and port that are asked, where they are written out. */
  path: string | null
  port: string | null
  /** An answer that says that the server is not well passes as well. */
  ignoresStatus: boolean
  saw: string
}

const maxCommand = 4000

const url = /https?:\/\/[^/\s'"`:]{1,200}(?::([^/\s'"`)]{1,80}))?(\/[^\s'"`)?#,]{0,200})?/
const bareUrl = /(?:^|\s|['"])(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::([^/\s'"]{1,80}))?(\/[^\s'"?#]{0,200})?/
const pathArgument = /['"`](\/[\w./-]{1,100})['"`]/

const isShellFetch = /(^|[\s;&|(/])(curl|wget|http|xh)\s/
const inCode = /\bfetch\s*\(|\.get\s*\(|urlopen\s*\(|HTTPConnection\s*\(|\.request\s*\(/

/** Exit codes follow the status only when the program is told to. */
const ignores = (text: string): boolean => {
  if (/(^|[\s;&|(/])curl\s/.test(text))
    return !/\s(-[a-zA-Z]*f[a-zA-Z]*|--fail(-with-body)?)(\s|$)/.test(text) && !/http_code|\|\s*grep/.test(text)
  if (/\bfetch\s*\(|\b(httpx|requests)\.get\s*\(|https?['"]?\)?\.(get|request)\s*\(/.test(text))
    return !/\.ok\b|status|raise_for_status/i.test(text)
  return false
}

const fromCommand = (probe: Probe): Asked => {
  const text = probe.words.join(' ').slice(0, maxCommand)
  const saw = text.slice(0, 160)
  const none: Asked = { what: 'unread', path: null, port: null, ignoresStatus: false, saw }
  if (isShellFetch.test(text) || inCode.test(text)) {
    const found = url.exec(text) ?? bareUrl.exec(text)
    const path = found?.[2] ?? pathArgument.exec(text)?.[1] ?? (found ? '/' : null)
    return { ...none, what: 'http', path, port: found?.[1]?.replace(/\D+$/, '') ?? null, ignoresStatus: ignores(text) }
  }
  if (/(^|[\s;&|(/])(nc|ncat|netcat|nmap)\s|\/dev\/tcp\/|socket\.|net\.connect|createConnection/.test(text))
    return { ...none, what: 'tcp' }
  if (/grpc_health_probe|grpcurl/.test(text)) return { ...none, what: 'grpc' }
  const isIdle =
    /^(exit 0|true|:|echo\b.*)$/.test(text.trim()) ||
    /(^|\s|\/)(pgrep|pidof|ps)\s|\s(--version|-v|--help)(\s|$)|process\.exit\(0\)|sys\.exit\(0\)|^(node|python3?)\s+-[ec]\s+['"]?(import \w+|console\.log)/.test(
      text,
    ) ||
    /^(test|\[)\s+-[ef]\s/.test(text)
  return isIdle ? { ...none, what: 'nothing' } : none
}

/** What a probe asks, as far as it is written out. */
export const asked = (probe: Probe): Asked => {
  if (probe.kind === 'command') return fromCommand(probe)
  const saw = probe.kind === 'http' ? `httpGet ${probe.asks}` : probe.kind
  return { what: probe.kind, path: probe.asks, port: probe.port, ignoresStatus: false, saw }
}
