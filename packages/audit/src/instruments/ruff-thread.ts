import { openInside } from './ruff-inside.ts'
import type { RuffQuestion } from './ruff.ts'
import { answerInThread } from './thread.ts'

/** No `await` outside: bundled threads are CommonJS. */
const begin = async (): Promise<void> => {
  const answer = await openInside()
  answerInThread((question: RuffQuestion) => ({ answer: answer(question), memory: [] }))
}

void begin()
