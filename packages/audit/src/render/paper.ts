import pico from 'picocolors'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'

export interface Look {
  /** Columns of the terminal, 80 unless told; kept between 60 and 110. */
  width?: number
  colour?: boolean
  /** Every piece of evidence, and what the passes rest on. */
  verbose?: boolean
}

export type Style = ReturnType<typeof pico.createColors>

/** A page for a terminal that is written line by line, wrapped hard at its width. */
export interface Paper {
  width: number
  verbose: boolean
  style: Style
  /** Text behind a prefix; further lines are indented by the width of the prefix. */
  line(prefix: string, text?: string): void
  /** An empty line, never two in a row. */
  blank(): void
  rule(): void
  text(): string
}

const noBreak = '\u00A0'

/** Keeps the words of a text on one line. */
export const glued = (text: string): string => text.replaceAll(' ', noBreak)

/** Pads to a number of columns, whatever the text is made of. */
export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - stringWidth(text)))

export const paper = ({ width = 80, colour = false, verbose = false }: Look = {}): Paper => {
  const columns = Math.min(110, Math.max(60, width))
  const style = pico.createColors(colour)
  const lines: string[] = []
  return {
    width: columns,
    verbose,
    style,
    line: (prefix, text = '') => {
      const indent = ' '.repeat(stringWidth(prefix))
      const wrapped = wrapAnsi(text, columns - indent.length, { hard: true }).split('\n')
      for (const [index, part] of wrapped.entries())
        lines.push(((index === 0 ? prefix : indent) + part).replaceAll(noBreak, ' ').trimEnd())
    },
    blank: () => {
      if (lines.length > 0 && lines.at(-1) !== '') lines.push('')
    },
    rule: () => lines.push(`  ${style.dim('─'.repeat(columns - 4))}`),
    text: () => `${lines.join('\n').trimEnd()}\n`,
  }
}
