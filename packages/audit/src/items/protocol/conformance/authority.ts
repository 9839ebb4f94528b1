import type { Check } from '../../../core/item.ts'
import type { Observation } from '../../../gather/conformance/observation.ts'
import { onReplies, requirement } from './requirement.ts'
import { calls } from './tools.ts'

const challengeOf = ({ reply }: Observation): string => reply.http?.headers['www-authenticate'] ?? ''

const lacking = (one: Observation): string | null => {
  const challenge = challengeOf(one)
  const missing = ['scope', 'resource_metadata'].filter(name => !new RegExp(`\\b${name}=`).test(challenge))
  if (missing.length > 0) return `the challenge has no ${missing.join(' and no ')}`
  return /\bscope="[^"]*\boffline_access\b/.test(challenge) ? 'the challenge asks for offline_access' : null
}

/** What a credential is worth, and what it is not. */
export const authority: Check[] = [
  ...requirement({
    id: 'AUTH-06',
    strength: 'should',
    asks: 'too little scope is answered with 403 and insufficient_scope',
    ...calls,
    transport: 'http',
    otherwise:
      'no call was refused with 403: "credentials.lesser" in airworthy.json is a token that may do less than the given one',
    findings: onReplies({
      probes: ['lesser-scope'],
      wanted: 'WWW-Authenticate: Bearer error="insufficient_scope", scope="…", resource_metadata="…"',
      breaks: one => !/\berror="?insufficient_scope\b/.test(challengeOf(one)),
      also: lacking,
    }),
  }),
  ...requirement({
    id: 'STATE-01',
    asks: 'possession of a handle is no authentication',
    ...calls,
    era: 'modern',
    transport: 'http',
    otherwise: 'no call handed out a state or a task, or no credential is asked for',
    findings: onReplies({
      probes: ['handle-alone'],
      wanted: 'HTTP 401',
      breaks: one => one.reply.kind === 'result' && one.reply.result['isError'] !== true,
    }),
  }),
]
