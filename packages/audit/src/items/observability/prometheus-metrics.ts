import { check, type Item } from '../../core/item.ts'
import { fail, judged, unknown, type Evidence, type Verdict } from '../../core/verdict.ts'
import { metrics, type Metrics, type Moved } from '../../gather/metrics.ts'
import { scrapeConfigs, type ScrapeConfigs } from '../../gather/scrape-configs.ts'

const show = ({ name, labels, by }: Moved): string =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}} +${by}`

const isError = ({ name, labels }: Moved): boolean =>
  /error|fail|exception/i.test(name) ||
  Object.entries(labels).some(
    ([label, value]) =>
      /error|fail|invalid|denied|exception/i.test(value) ||
      (/code|status/.test(label) && /^[45]\d\d$|^-32/.test(value)),
  )

const judge = ({
  path,
  asked,
  faults,
  samples,
  tool,
  calls,
  moved,
  movedByFailure,
  unboundedLabel,
  types,
}: Metrics): Verdict => {
  if (path === null)
    return fail({ at: asked.join(', '), saw: 'no Prometheus exposition', wanted: 'metrics at /metrics' })
  if (tool === null) return unknown(`${path} serves ${samples} samples, but no tool could be called to move them`)
  const ofTool = moved.filter(({ labels, by }) => Object.values(labels).includes(tool) && by >= calls)
  const counter = ofTool.find(
    ({ name }) =>
      types[name] === 'counter' || types[name.replace(/_total$/, '')] === 'counter' || name.endsWith('_total'),
  )
  const latency = ofTool.find(
    ({ name }) => name.endsWith('_count') && /^(histogram|summary)$/.test(types[name.replace(/_count$/, '')] ?? ''),
  )
  const error = movedByFailure.find(isError)
  const what = `${calls} calls of ${tool}`
  const missing = (there: Moved | undefined, at: string, wanted: string): Evidence[] =>
    there ? [] : [{ at, saw: `nothing at ${path} moved that way`, wanted }]
  const broken: Evidence[] = [
    ...faults.slice(0, 1).map(saw => ({ at: path, saw, wanted: 'the Prometheus text format' })),
    ...missing(counter, what, `a counter with the tool’s name, up by ${calls}`),
    ...missing(latency, what, `a latency histogram with the tool’s name, its count up by ${calls}`),
    ...missing(error, 'a failing call', 'an error counter that moves'),
    ...(unboundedLabel
      ? [
          {
            at: path,
            saw: `the name of a tool that does not exist became a label of ${unboundedLabel.name}`,
            wanted: 'bounded label values',
          },
        ]
      : []),
  ]
  const proven = [counter, latency, error]
    .filter(found => found !== undefined)
    .map(found => ({ at: path, saw: show(found) }))
  return judged(broken, proven, 'nothing moved')
}

const unscraped = (broken: ScrapeConfigs['broken']): Evidence[] =>
  broken.length > 0
    ? broken.map(({ path, line, because }) => ({
        at: path,
        line,
        saw: because,
        wanted: 'a scrape configuration that parses',
      }))
    : [
        {
          at: '.',
          saw: 'no scrape configuration',
          wanted: 'a Prometheus job, ServiceMonitor, PodMonitor or annotation',
        },
      ]

const item: Item = {
  id: 'prometheus-metrics',
  area: 'observability',
  rows: [51, 156],
  title: 'Metrics that move with the calls',
  level: 'should',
  why: 'Without rate, errors and duration for each tool nobody sees an outage before the users do.',
  how: 'Count calls by tool and outcome, observe their duration in a histogram by tool, serve both at /metrics, and scrape them.',
  refs: [
    'https://prometheus.io/docs/practices/naming/',
    'https://prometheus.io/docs/instrumenting/exposition_formats/',
  ],
  applies: { profile: 'service' },
  checks: [
    check({
      asks: 'Do a per-tool counter, a latency histogram and an error counter move with real calls?',
      rows: [51],
      applies: { transport: 'http' },
      needs: { metrics },
      judge: ({ metrics }) => judge(metrics),
    }),
    check({
      asks: 'Is there a scrape configuration for it?',
      rows: [156],
      needs: { scrapeConfigs },
      judge: ({ scrapeConfigs: { found, broken } }) =>
        judged(
          found.length > 0 ? [] : unscraped(broken),
          found.map(({ path, line, source, job, metricsPath }) => ({
            at: path,
            line,
            saw: `${source} ${job}, ${metricsPath}`,
          })),
          'nothing was looked at',
        ),
    }),
  ],
}

export default item
