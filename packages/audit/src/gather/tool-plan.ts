import { gatherer } from '../core/item.ts'
import { lists, type Tool } from './lists.ts'

export interface ToolPlan {
  /** Tools that may be called. */
  callable: Tool[]
  notCalled: { tool: string; because: string }[]
}

const writing =
  /(^|[_\-\s])(create|write|delete|remove|drop|update|insert|upsert|set|put|post|send|publish|push|edit|modify|patch|rename|move|copy|upload|import|install|deploy|exec(ute)?|run|kill|stop|start|restart|reset|clear|purge|truncate|save|store|commit|merge|apply|approve|cancel|close|open|book|buy|pay|transfer|invite|grant|revoke|enable|disable|toggle|schedule|trigger|subscribe|archive|restore|add|append|assign|register|forget|log|login|logout)s?($|[_\-\s])/i
const reading =
  /(^|[_\-\s])(get|list|read|search|find|fetch|show|describe|count|query|lookup|look|view|check|validate|inspect|explain|summari[sz]e|calculate|compute|convert|compare|parse|format|encode|decode|hash|translate|echo|ping|greet|hello|sum|multiply|divide|subtract|average|time|date|now|today|weather|forecast|status|version|health|info|help|analy[sz]e|diff|preview|resolve|tokeni[sz]e|random|reverse|uppercase|lowercase|length)s?($|[_\-\s])/i

const words = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')

/** `add` over numbers alone is arithmetic. */
const isArithmetic = ({ inputSchema }: Tool): boolean => {
  const properties = Object.values((inputSchema['properties'] ?? {}) as Record<string, { type?: unknown }>)
  return properties.length > 0 && properties.every(({ type }) => type === 'number' || type === 'integer')
}

/** `format_date` gives a text back, `format_table` changes a document. */
const shaping = /(^|[_\-\s])(format|convert|translate|encode|decode|reverse|uppercase|lowercase)s?($|[_\-\s])/i
const naming = /(file|path|doc|folder|dir|workbook|sheet|page|slide|image)/i

const shapesWhatIsKept = ({ inputSchema }: Tool, name: string): boolean =>
  shaping.test(name) && Object.keys(inputSchema['properties'] ?? {}).some(key => naming.test(key))

/** Why a tool must not be called unasked; null when it may be. */
export const reasonNotToCall = (tool: Tool, allowed: readonly string[]): string | null => {
  if (allowed.includes('*') || allowed.includes(tool.name)) return null
  const { readOnlyHint, destructiveHint } = tool.annotations
  if (readOnlyHint === true)
    return destructiveHint === true ? 'it is annotated read-only and destructive at once' : null
  if (destructiveHint === true) return 'it is annotated destructiveHint: true'
  if (readOnlyHint === false) return 'it is annotated readOnlyHint: false'
  const name = words(tool.name)
  if (isArithmetic(tool) && /(^|_)(add|sum|multiply|subtract|divide)/i.test(name)) return null
  if (writing.test(name)) return 'it has no readOnlyHint and its name says that it changes something'
  if (!reading.test(name) || shapesWhatIsKept(tool, name))
    return 'its effect is unknown: it has no readOnlyHint and its name does not say that it only reads'
  const opening = tool.description.split(/[.\n]/, 1)[0] ?? ''
  return writing.test(opening.split(' ', 3).join(' '))
    ? 'it has no readOnlyHint and its description says that it changes something'
    : null
}

/** Which tools the audit may call, and why not the others. */
export const toolPlan = gatherer<ToolPlan, { lists: typeof lists }>({
  id: 'tool-plan',
  impact: 'start',
  from: 'server',
  needs: { lists },
  gather: ({ settings, journal }, { lists }) => {
    const plan: ToolPlan = { callable: [], notCalled: [] }
    for (const tool of lists.tools) {
      const because = reasonNotToCall(tool, settings.allowTools ?? [])
      if (because) plan.notCalled.push({ tool: tool.name, because })
      else plan.callable.push(tool)
    }
    journal.notCalled.push(...plan.notCalled)
    return plan
  },
})
