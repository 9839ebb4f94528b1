import type { ItemResult, VerdictRecord } from '../core/report.ts'

type Given = Pick<ItemResult, 'id' | 'area' | 'title' | 'level' | 'rows'> & { how?: string; verdicts: VerdictRecord[] }

const item = ({ how, verdicts, ...rest }: Given): ItemResult => {
  const [first] = verdicts
  const status = first?.status ?? 'unknown'
  return {
    ...rest,
    status,
    proof: first && (status === 'pass' || status === 'fail') ? first.proof : null,
    verdicts,
    ...(how && (status === 'fail' || status === 'unknown') ? { how } : {}),
  }
}

const noServer = 'no running server was given: add --start, -- COMMAND or --url'

/** Items of a made-up report, in every state. */
export const sampleItems: ItemResult[] = [
  item({
    id: 'lint-clean',
    area: 'code-quality',
    title: 'A linter finds no errors',
    level: 'should',
    rows: [1],
    how: 'Run ruff check --fix and repair what is left by hand.',
    verdicts: [
      {
        asks: 'Does the linter pass?',
        proof: 'repository',
        status: 'fail',
        evidence: [12, 31, 77, 90, 104].map(line => ({
          at: 'src/weather/forecast/providers/openmeteo.py',
          line,
          saw: `F841 local variable «cache_${line}» is assigned to but never used`,
          wanted: 'no findings of ruff 0.14.1 (E4, E7, E9, F)',
        })),
      },
    ],
  }),
  item({
    id: 'type-checked',
    area: 'code-quality',
    title: 'A type checker passes in strict mode',
    level: 'must',
    rows: [3],
    verdicts: [
      {
        asks: 'Is a strict type checker configured?',
        proof: 'repository',
        status: 'pass',
        evidence: [{ at: 'pyproject.toml', line: 41, saw: '[tool.mypy] strict = true' }],
      },
    ],
  }),
  item({
    id: 'error-messages',
    area: 'resilience',
    title: 'Messages tell what was wrong and nothing else',
    level: 'must',
    rows: [17, 78],
    how: 'Catch the exception at the edge of the tool and answer with the field and what it expects.',
    verdicts: [
      {
        asks: 'Do error messages stay free of stack traces, paths and secrets?',
        proof: 'live',
        status: 'fail',
        evidence: [
          {
            at: 'tools/call forecast {"city":42}',
            saw: 'Traceback (most recent call last):\n  File "/srv/weather/tools.py", line 7\u001B]0;owned\u0007\u202Etxt.exe',
            wanted: 'the name of the field and what it expects',
          },
        ],
      },
    ],
  }),
  item({
    id: 'retries',
    area: 'resilience',
    title: 'Outbound calls are tried again',
    level: 'should',
    rows: [18],
    how: 'Give the HTTP client a retry policy.',
    verdicts: [
      {
        asks: 'Is a second try made?',
        proof: 'live',
        status: 'unknown',
        because: 'no call of a tool led to an outbound request',
      },
    ],
  }),
  item({
    id: 'path-traversal',
    area: 'security',
    title: 'File paths stay inside the allowed root',
    level: 'must',
    rows: [28],
    verdicts: [
      {
        asks: 'Do paths out of the root fail?',
        proof: 'live',
        status: 'not-applicable',
        because: 'no tool takes a path',
      },
    ],
  }),
  item({
    id: 'rate-limiting',
    area: 'security',
    title: 'A burst is refused',
    level: 'must',
    rows: [31, 88],
    verdicts: [
      {
        asks: 'Is a burst refused?',
        proof: 'live',
        status: 'not-applicable',
        because: 'it belongs to the profile service; this server was judged as local',
      },
    ],
  }),
  item({
    id: 'dockerfile',
    area: 'deployment',
    title: 'A Dockerfile that can be shipped',
    level: 'should',
    rows: [60],
    verdicts: [
      {
        asks: 'Is there a Dockerfile?',
        proof: 'repository',
        status: 'not-applicable',
        because: 'it belongs to the profile service; this server was judged as local',
      },
    ],
  }),
  item({
    id: 'response-time',
    area: 'performance',
    title: 'Tools answer within a second',
    level: 'must',
    rows: [39],
    verdicts: [
      {
        asks: 'Is the 95th percentile under a second for each tool?',
        proof: 'live',
        status: 'pass',
        evidence: [
          { at: 'forecast', saw: 'p50 21 ms, p95 84 ms, p99 91 ms over 40 calls', wanted: 'p95 < 1000 ms' },
          { at: 'cities', saw: 'p50 2 ms, p95 3 ms, p99 4 ms over 40 calls', wanted: 'p95 < 1000 ms' },
        ],
      },
    ],
  }),
  item({
    id: 'correlation-ids',
    area: 'observability',
    title: 'Log lines carry the trace they belong to',
    level: 'must',
    rows: [48],
    how: 'Bind the trace id of _meta.traceparent to the logger for the time of the call.',
    verdicts: [{ asks: 'Do log lines carry the id?', proof: 'live', status: 'unknown', because: noServer }],
  }),
  item({
    id: 'clean-stdout',
    area: 'observability',
    title: 'Nothing but protocol on stdout',
    level: 'must',
    rows: [49, 141],
    how: 'Write diagnostics to stderr: replace print() and console.log by a logger that writes to stderr.',
    verdicts: [
      {
        asks: 'Is every byte on stdout protocol?',
        proof: 'live',
        status: 'fail',
        evidence: [
          { at: 'stdout, before the handshake', saw: 'Weather server 东京 running…', wanted: 'JSON-RPC messages only' },
        ],
      },
      {
        asks: 'Is there no print in server code?',
        proof: 'repository',
        status: 'fail',
        evidence: [{ at: 'src/weather/__main__.py', line: 9, saw: 'print("Weather server running")' }],
      },
    ],
  }),
  item({
    id: 'startup-script',
    area: 'deployment',
    title: 'The declared start command reaches the handshake',
    level: 'must',
    rows: [62],
    verdicts: [
      {
        asks: 'Does it start?',
        proof: 'live',
        status: 'pass',
        evidence: [{ at: 'initialize', saw: 'answered after 412 ms' }],
      },
    ],
  }),
  item({
    id: 'message-size',
    area: 'protocol',
    title: 'An oversized message does no harm',
    level: 'must',
    rows: [],
    how: 'Put a bound on the size of a message and answer with an error.',
    verdicts: [
      {
        asks: 'Does a 12 MB message end in an answer?',
        proof: 'live',
        status: 'fail',
        evidence: [
          {
            at: 'a message of 12 MB',
            saw: 'exit code 0, no answer',
            wanted: 'an answer or a refusal, and service after it',
          },
        ],
      },
    ],
  }),
  item({
    id: 'protocol-conformance',
    area: 'protocol',
    title: 'The protocol is kept, in every era that is spoken',
    level: 'must',
    rows: [],
    verdicts: [
      {
        asks: 'RPC-03: an unknown method is answered with -32601',
        proof: 'live',
        requirement: { id: 'RPC-03', strength: 'must', era: 'legacy', transport: 'stdio' },
        status: 'pass',
        evidence: [{ at: 'airworthy/unknown (2025-11-25)', saw: 'error -32601: Method not found' }],
      },
      {
        asks: 'PAGE-01: a made-up cursor is refused with -32602',
        proof: 'live',
        requirement: { id: 'PAGE-01', strength: 'should', era: 'legacy', transport: 'stdio' },
        status: 'fail',
        evidence: [{ at: 'tools/list with a made-up cursor (2025-11-25)', saw: 'a result', wanted: 'error -32602' }],
      },
      {
        asks: 'HTTP-04: an unsupported MCP-Protocol-Version is refused with 400',
        proof: 'live',
        requirement: { id: 'HTTP-04', strength: 'must', era: 'legacy', transport: 'http' },
        status: 'not-applicable',
        because: 'it concerns http',
      },
    ],
  }),
  item({
    id: 'security-review',
    area: 'sign-off',
    title: 'A person has reviewed the security',
    level: 'should',
    rows: [163],
    verdicts: [
      {
        asks: 'Is there a review that is still valid?',
        proof: 'attestation',
        status: 'pass',
        evidence: [{ at: 'airworthy.json', saw: 'signed by R. Vogel on 2026-10-02, valid until 2027-04-01' }],
      },
    ],
  }),
  ...['tool-descriptions', 'strict-types', 'input-validation', 'concurrent-calls', 'process-cleanup'].map((id, index) =>
    item({
      id,
      area: 'protocol',
      title: `Proof of ${id}`,
      level: 'must',
      rows: [[108], [76], [13, 75], [83, 95, 96], [23]][index] ?? [],
      how: 'Start the server.',
      verdicts: [{ asks: `Does ${id} hold?`, proof: 'live', status: 'unknown', because: noServer }],
    }),
  ),
]
