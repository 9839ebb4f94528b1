import wrapAnsi from 'wrap-ansi'
import type { AuditEvent, Listener } from '../core/events.ts'
import { visible } from '../core/visible.ts'
import type { Sink } from './io.ts'

const betweenLines = 5000
const betweenFrames = 120

export interface Progress {
  listener: Listener
  /** Takes the line away; called before anything else is printed. */
  clear(): void
  end(): void
}

/** What goes on, on stderr: one line that rewrites itself on a terminal, elsewhere a line every few seconds. */
export const showProgress = (sink: Sink, now: () => number = () => performance.now()): Progress => {
  const started = now()
  const live = sink.isTTY === true
  const atWork = new Set<string>()
  let done = 0
  let planned = 0
  let about = ''
  let shown = ''
  let lastLine = started

  const seconds = (): string => `${Math.round((now() - started) / 1000)} s`
  const state = (): string => {
    const count = planned > 0 ? `${Math.min(done, planned)}/${planned} ` : ''
    return `${about}${count}gathering: ${[...atWork].join(', ') || '…'} · ${seconds()}`
  }
  const clear = (): void => {
    if (shown) sink.write('\r\u001B[2K')
    shown = ''
  }
  const draw = (): void => {
    const line = `  ${state()}`.slice(0, (sink.columns ?? 80) - 1)
    if (line === shown) return
    sink.write(`\r\u001B[2K${line}`)
    shown = line
  }
  const say = (text: string): void => {
    lastLine = now()
    sink.write(`airworthy: ${text}\n`)
  }
  const warn = (stress: readonly string[]): void => {
    if (stress.length === 0) return
    clear()
    const wrapped = (text: string): string =>
      live ? wrapAnsi(text, (sink.columns ?? 80) - 5).replaceAll('\n', '\n    ') : text
    say('what --impact stress does, each at a server process of its own where the audit starts it:')
    for (const one of stress) sink.write(`  - ${wrapped(one)}\n`)
  }
  const beat = (): void => {
    if (atWork.size === 0) return
    if (live) draw()
    else if (now() - lastLine >= betweenLines) say(state())
  }

  const on = (event: AuditEvent): void => {
    if (event.type === 'target') {
      about = event.of > 1 ? `${visible(event.name, 30)} (${event.number} of ${event.of}) ` : ''
      done = planned = 0
      if (!live) say(`auditing ${visible(event.name, 100)}`)
    } else if (event.type === 'planned') {
      planned = event.gatherers
      warn(event.stress)
    } else if (event.type === 'gathering') atWork.add(event.id)
    else if (event.type === 'gathered') {
      atWork.delete(event.id)
      done++
    } else if (event.type === 'judged') {
      atWork.clear()
      if (live) clear()
      else say(`${about}judged ${event.items} ${event.items === 1 ? 'item' : 'items'} after ${seconds()}`)
    }
    beat()
  }

  const timer = setInterval(beat, live ? betweenFrames : 1000)
  timer.unref()
  return {
    listener: on,
    clear,
    end: () => {
      clearInterval(timer)
      clear()
    },
  }
}
