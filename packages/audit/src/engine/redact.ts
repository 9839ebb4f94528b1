import type { Report, VerdictRecord } from '../core/report.ts'
import type { Target } from '../core/target.ts'

/** Shorter values occur everywhere by chance; hiding them would garble the report and protect nothing. */
const shortest = 4
/** A cut-off beginning of at least this length is hidden too. */
const shortestHead = 8

const base64 = (text: string): string =>
  btoa(String.fromCodePoint(...new TextEncoder().encode(text))).replace(/=+$/, '')

const formsOf = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  encodeURIComponent(value).replaceAll('%20', '+'),
  base64(value),
]

/** Puts the names of secrets in place of their values, in every form in which they may be written. */
const redactor = (secrets: Target['secrets']): ((text: string) => string) => {
  const forms = secrets
    .filter(({ value }) => value.length >= shortest)
    .flatMap(({ name, value }) => [...new Set(formsOf(value))].map(form => ({ form, shown: `[${name}]` })))
    .toSorted((a, b) => b.form.length - a.form.length)

  // A value that was cut off before it came here would not be found whole.
  const withoutHeads = (text: string): string => {
    let cleaned = text
    for (const { form, shown } of forms)
      for (let length = form.length - 1; length >= shortestHead; length--)
        cleaned = cleaned.replaceAll(`${form.slice(0, length)}…`, `${shown}…`)
    return cleaned
  }
  return text => {
    let cleaned = text.includes('…') ? withoutHeads(text) : text
    for (const { form, shown } of forms) cleaned = cleaned.replaceAll(form, shown)
    return cleaned
  }
}

/** The same value with every string in it rewritten. */
const rewritten = <T>(value: T, rewrite: (text: string) => string): T => {
  if (typeof value === 'string') return rewrite(value) as T
  if (Array.isArray(value)) return value.map(one => rewritten(one as unknown, rewrite)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rewritten(one as unknown, rewrite)])) as T
}

const redactedVerdict = (verdict: VerdictRecord, rewrite: (text: string) => string): VerdictRecord => ({
  ...verdict,
  ...(verdict.evidence ? { evidence: rewritten(verdict.evidence, rewrite) } : {}),
  ...(verdict.because ? { because: rewrite(verdict.because) } : {}),
})

/** What the target had a say in is rewritten; what the product says by itself cannot hold a secret. */
export const redacted = (report: Report, secrets: Target['secrets']): Report => {
  const rewrite = redactor(secrets)
  return {
    ...report,
    target: rewritten(report.target, rewrite),
    ...(report.server
      ? { server: { ...report.server, name: rewrite(report.server.name), version: rewrite(report.server.version) } }
      : {}),
    items: report.items.map(item => ({
      ...item,
      verdicts: item.verdicts.map(verdict => redactedVerdict(verdict, rewrite)),
    })),
    run: rewritten(report.run, rewrite),
  }
}
