import { gatherer } from '../../core/item.ts'
import type { Spot } from '../containers/workload.ts'
import { kindsOf, type AlertKind } from './alert-kinds.ts'
import { alertRules, type AlertRule, type AlertRules } from './alert-rules.ts'
import { originOf, ownMetrics, type OwnMetrics } from './own-metrics.ts'

export interface WatchedRule extends AlertRule {
  kinds: AlertKind[]
  /** A configuration of Prometheus that stands beside it and does not load it. */
  notLoadedBy: Spot | null
  /** Metrics that it looks at and nothing exposes. */
  absent: string[]
}

export interface Watching {
  alerts: WatchedRule[]
  /** Rules that are no PromQL. */
  faulty: (Spot & { name: string })[]
  broken: Spot[]
  unread: string[]
  tests: (AlertRules['tests'][number] & { unknownAlerts: string[]; missingFiles: string[] })[]
  /** Configurations of Prometheus that load rules and know no Alertmanager. */
  mute: Spot[]
  own: OwnMetrics
}

const resolved = (from: string, pattern: string): string => {
  const parts = pattern.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of pattern.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

const globbed = (pattern: string): RegExp =>
  pattern.split('*').length > 6
    ? /^$/
    : new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\*+/g, '[^/]*')}$`)

/** Whether a pattern of a file names another; a path of the container is compared by its name alone. */
const matches = (from: string, pattern: string, path: string): boolean =>
  globbed(resolved(from, pattern)).test(path) ||
  (pattern.startsWith('/') &&
    globbed(pattern.slice(pattern.lastIndexOf('/') + 1)).test(path.slice(path.lastIndexOf('/') + 1)))

const notLoaded = (rule: AlertRule, { servers }: AlertRules): Spot | null => {
  if (rule.by !== 'Prometheus' || servers.length === 0) return null
  if (servers.some(({ path, ruleFiles }) => ruleFiles.some(pattern => matches(path, pattern, rule.path)))) return null
  const [first] = servers
  return first
    ? { path: first.path, line: first.line, saw: `rule_files: ${first.ruleFiles.join(', ') || 'none'}` }
    : null
}

/** The alarms of the repository, held against its own metrics, configurations and tests. */
export const watching = gatherer<Watching, { found: typeof alertRules; own: typeof ownMetrics }>({
  id: 'watching',
  impact: 'read',
  from: 'repository',
  needs: { found: alertRules, own: ownMetrics },
  gather: ({ repository }, { found, own }) => {
    const recorded = new Set(found.rules.filter(({ kind }) => kind === 'record').map(({ name }) => name))
    const names = new Set(found.rules.map(({ name }) => name))
    const absentIn = ({ expression }: AlertRule): string[] => [
      ...new Set(
        (expression?.selected ?? [])
          .map(({ metric }) => metric)
          .filter(metric => originOf(metric, own, recorded) === 'absent'),
      ),
    ]
    // what a recording rule looks at counts for those that look at it
    const withRecorded = (rule: AlertRule): string[] => [
      ...absentIn(rule),
      ...found.rules
        .filter(each => each.kind === 'record' && rule.expression?.selected.some(({ metric }) => metric === each.name))
        .flatMap(absentIn),
    ]
    return {
      alerts: found.rules
        .filter(({ kind }) => kind === 'alert')
        .map(rule => ({
          ...rule,
          kinds: kindsOf(rule, found.rules),
          notLoadedBy: notLoaded(rule, found),
          absent: withRecorded(rule),
        })),
      faulty: found.rules.flatMap(({ path, line, name, expression }) =>
        expression?.fault
          ? [{ path, line, name, saw: `${name}: its expression breaks off at «${expression.fault.slice(0, 40)}»` }]
          : [],
      ),
      broken: found.broken,
      unread: found.unread,
      tests: found.tests.map(test => ({
        ...test,
        unknownAlerts: test.expects.filter(each => /^[A-Za-z_][\w-]*$/.test(each) && !names.has(each)),
        missingFiles: test.ruleFiles.filter(
          file => !file.includes('*') && repository?.exists(resolved(test.path, file)) === false,
        ),
      })),
      mute: found.servers
        .filter(({ ruleFiles, alertmanagers }) => ruleFiles.length > 0 && alertmanagers.length === 0)
        .map(({ path, line }) => ({ path, line, saw: 'it loads rules and names no Alertmanager' })),
      own,
    }
  },
})
