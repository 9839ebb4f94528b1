/** Something the user can change. Shown as one sentence with its next step; exit code 2. */
export class Refusal extends Error {
  override name = 'Refusal'
  hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}
