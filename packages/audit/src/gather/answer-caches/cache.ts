/** Something that keeps answers for a while. */
export interface AnswerCache {
  what: string
  /** What limits its size; null when nothing does, undefined when that is not known. */
  bound: string | null | undefined
  /** What makes its entries old; null when nothing does, undefined when that is not known. */
  expiry: string | null | undefined
  /** It is filled and asked. */
  used: boolean
  file: string
  line: number
}
