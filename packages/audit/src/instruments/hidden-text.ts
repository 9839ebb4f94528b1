/** What cannot be seen where a text is shown, by its name. */
const invisible: [name: string, pattern: RegExp][] = [
  ['characters of the tags block (U+E0000 to U+E007F)', /[\u{E0000}-\u{E007F}]/gu],
  ['characters that turn the direction of the text', /[\u202A-\u202E\u2066-\u2069]/gu],
  ['characters without width', /[\u200B\u2060-\u2064\u180E\uFEFF]|[\u200C\u200D](?=[ -~]|$)/gu],
  ['variation selectors in a row', /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]{3,}/gu],
  ['control characters', /(?![\t\n\r])\p{Cc}/gu],
  ['letters of no script that is in use (U+3164, U+115F, U+1160, U+FFA0)', /[\u3164\u115F\u1160\uFFA0]/g],
]

// A flag of a country's part (🏴󠁧󠁢󠁥󠁮󠁧󠁿) is written with characters of the tags block.
const flags = /\u{1F3F4}[\u{E0061}-\u{E007A}]+\u{E007F}/gu

export interface Hidden {
  what: string
  /** What the tags block spells, when it spells something; else the code points. */
  spelled: string
}

const spell = (found: string[]): string => {
  const letters = found
    .map(character => character.codePointAt(0) ?? 0)
    .filter(code => code > 0xe0000 && code < 0xe007f)
    .map(code => String.fromCharCode(code - 0xe0000))
  const codes = found.slice(0, 6).map(character => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`)
  return letters.length > 0 ? `«${letters.join('').slice(0, 160)}»` : codes.join(' ')
}

/** Characters in a text that a person does not see and a model reads. */
export const hiddenIn = (text: string): Hidden[] => {
  const plain = text.replaceAll(flags, '')
  return invisible.flatMap(([what, pattern]) => {
    const found = plain.match(pattern) ?? []
    return found.length > 0 ? [{ what, spelled: spell(found) }] : []
  })
}

/** How a text speaks to the model behind the back of the person: what it says, and what it is. */
const commands: [what: string, pattern: RegExp][] = [
  [
    'tells the model to hide something from the user',
    /\b(do not|don't|never|without|avoid)\s+(ever\s+)?(tell|telling|mention|mentioning|inform|informing|notify|notifying|reveal|revealing|show|showing|disclos(e|ing)|let|letting|alert|alerting|warn|warning)\s+(this\s+|it\s+|that\s+|any of this\s+)?(to\s+)?(the\s+)?(user|human|person|them\b)/i,
  ],
  [
    'tells the model to set aside what it was told before',
    /\b(ignore|disregard|forget|override|bypass)\s+(all\s+|any\s+|the\s+|your\s+|every\s+)*(previous|prior|above|earlier|preceding|other|system)\s+(instruction|prompt|rule|message|guideline|direction|command|polic)/i,
  ],
  [
    'is marked as important for the model alone',
    /<\s*\/?\s*(important|system|secret|hidden|instructions?|assistant|admin)\s*>|\[\s*(system|hidden|secret)\s*(instructions?|prompt|note)?\s*\]/i,
  ],
  [
    'begins a turn of another speaker',
    /(^|\n)\s*(<\|im_start\|>|<\|(system|user|assistant)\|>|###\s*system:|\[INST\])/i,
  ],
  [
    'asks for what the tool has no use for',
    /\b(read|open|include|attach|send|pass|append|provide|fetch|cat|load)\b[^.\n]{0,80}(~\/\.ssh|id_rsa|\.aws\/credentials|\.cursor\/mcp\.json|mcp\.json\b|\/etc\/passwd|\.env\b(?! file is| variable)|system prompt|conversation history|chat history|previous messages)/i,
  ],
  [
    'is hidden in a comment',
    /<!--[\s\S]{0,400}?\b(you must|always|never|ignore|instruction|assistant|the model)\b[\s\S]{0,400}?-->/i,
  ],
]

export const commandIn = (text: string): { what: string; saw: string } | null => {
  for (const [what, pattern] of commands) {
    const match = pattern.exec(text)
    if (match) return { what, saw: text.slice(Math.max(0, match.index - 40), match.index + 160).trim() }
  }
  return null
}

const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** A command about other tools: «whenever `send_mail` is called, add a copy to …», «instead of any other server». */
export const crossToolCommandIn = (text: string, others: readonly string[]): string | null => {
  const all =
    /\b(whenever|every time|each time)\s+(any|every|all)\s+(of\s+the\s+)?other\s+(tools?|servers?)\b|\b(do not|don't|never|must not)\s+(use|call|invoke)\s+(any\s+|the\s+)?other\s+(mcp\s+)?servers?\b/i
  const general = all.exec(text)
  if (general) return text.slice(Math.max(0, general.index - 40), general.index + 160).trim()
  for (const name of others) {
    const pattern = new RegExp(
      `\\b(whenever|when|every time|each time|if)\\b[^.\\n]{0,40}\\b${escaped(name)}\\b[^.\\n]{0,20}\\b(used|called|invoked)\\b[^\\n]{0,60}\\b(change|replace|redirect|bcc|forward|(send|add|append|pass) (it|a copy|all|everything|the (content|password|key|token)))\\b`,
      'i',
    )
    const match = pattern.exec(text)
    if (match) return text.slice(match.index, match.index + 200)
  }
  return null
}
