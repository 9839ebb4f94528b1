/** Whether the words of a command, with its prefixes taken off, are of one kind. */
export type Rule = (words: string[]) => boolean

/** One of the programs. */
export const program = (names: string): Rule => {
  const known = new Set(names.split(' '))
  return ([name = '']) => known.has(name)
}
/** One of the programs, and one of the verbs among its first three words that are no options. */
export const verb = (names: string, verbs: string): Rule => {
  const [isProgram, known] = [program(names), new Set(verbs.split(' '))]
  return words => {
    const operands = words.slice(1).filter(word => !word.startsWith('-'))
    return isProgram(words) && operands.slice(0, 3).some(word => known.has(word))
  }
}
/** With a word that matches. */
export const having =
  (rule: Rule, flag: RegExp): Rule =>
  words =>
    rule(words) && words.some(word => flag.test(word))
/** Without any word that matches. */
export const without =
  (rule: Rule, flag: RegExp): Rule =>
  words =>
    rule(words) && !words.some(word => flag.test(word))
export const anyOf =
  (...rules: Rule[]): Rule =>
  words =>
    rules.some(rule => rule(words))
