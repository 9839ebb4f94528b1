const hidden =
  /(\p{Extended_Pictographic}\uFE0F)|([\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800])/gu

const short: Record<string, string> = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` }

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  return short[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`)
}

/**
 * Untrusted text as one line that shows what is in it: control characters, escape sequences, bidirectional overrides
 * and invisible characters become `\x1b` and `\u{202e}`. Cut to `limit` characters.
 */
export const visible = (text: string, limit = 240): string => {
  const head = text.length > limit * 2 ? text.slice(0, limit * 2) : text
  const shown = head
    .replaceAll(hidden, (_, emoji: string | undefined, character: string) => emoji ?? escaped(character))
    .replaceAll(/\p{Zs}/gu, ' ')
    .replaceAll(/(\p{M}{2})\p{M}+/gu, '$1…')
    .trim()
  const characters = Array.from(shown)
  const cut = characters.length > limit || head !== text
  return cut
    ? `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`
    : shown
}
