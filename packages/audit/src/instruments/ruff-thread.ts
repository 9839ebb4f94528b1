import { openInside } from './ruff-inside.ts'
import type { RuffQuestion } from './ruff.ts'
import { answerInThread } from './thread.ts'

const answer = await openInside()

answerInThread((question: RuffQuestion) => ({ answer: answer(question), memory: [] }))
