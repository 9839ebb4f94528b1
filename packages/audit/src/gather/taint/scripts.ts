/** Languages in which a text is run as a program. */
export type Script = 'JavaScript' | 'Python' | 'AppleScript' | 'PowerShell' | 'object' | 'template' | 'module'

interface Grammar {
  /** Texts and comments. */
  literals: RegExp
  /** What is run within a text. */
  inner?: RegExp
  /** A quote that is left over is a mistake: nothing of the program is run. */
  open: RegExp
  /** What an attacker writes, apart from the call alone. */
  samples: string[]
}

const word = 'airworthy'
const called = `${word}()`

const grammars: Record<'JavaScript' | 'Python' | 'AppleScript' | 'PowerShell', Grammar> = {
  JavaScript: {
    literals: /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`(?:[^`\\]|\\[^])*`|(?<![:\\/])\/\/[^\n]*|\/\*[^]*?\*\//g,
    inner: /(?<=^`[^]*)(?<!\\)\$\{[^}]*\}/g,
    open: /["'`]/,
    samples: [
      `";${called};"`,
      `';${called};'`,
      `\\";${called};"`,
      `\\';${called};'`,
      `\`;${called};\``,
      `\${${called}}`,
    ],
  },
  Python: {
    literals: /"""(?:[^\\]|\\[^])*?"""|'''(?:[^\\]|\\[^])*?'''|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|#[^\n]*/g,
    open: /["']/,
    samples: [
      `"+${called}+"`,
      `'+${called}+'`,
      `\\"+${called}#`,
      `\\'+${called}#`,
      `"""+${called}+"""`,
      `'''+${called}+'''`,
    ],
  },
  AppleScript: {
    literals: /"(?:[^"\\]|\\[^])*"|--[^\n]*|\(\*[^]*?\*\)/g,
    open: /"/,
    samples: [`" & ${called} & "`, `\\" & ${called} & \\"`, `x\n${called}`],
  },
  PowerShell: {
    literals: /"(?:[^"`]|`[^]|"")*"|'(?:[^']|'')*'|#[^\n]*/g,
    inner: /(?<=^"[^]*)(?<!`)\$\([^)]*\)+/g,
    open: /["']/,
    samples: [`";${called};"`, `';${called};'`, `$(${called})`],
  },
}

const isGrammar = (language: string): language is keyof typeof grammars => Object.hasOwn(grammars, language)

/** What an attacker would send to be run. */
export const samplesFor = (language: string | null): string[] => {
  if (language === 'template') return [`{{${called}}}<%=${called}%>`]
  return [called, ...(language !== null && isGrammar(language) ? grammars[language].samples : [])]
}

/** Whether the sample stands in a program outside of its texts and comments. */
export const isRun = (language: string | null, script: string, sample: string): boolean => {
  if (language === null || !isGrammar(language))
    return language === 'module' ? script === sample : script.includes(sample)
  const { literals, inner, open } = grammars[language]
  const bare = script.replaceAll(literals, found => ` ${inner ? (found.match(inner) ?? []).join(' ') : ''} `)
  return bare.includes(word) && !open.test(bare)
}
