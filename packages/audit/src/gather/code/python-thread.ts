import { answerInThread } from '../../instruments/thread.ts'
import { packTrees } from './python-packing.ts'
import { openParser } from '../../instruments/python-parser.ts'

/** No `await` outside: bundled threads are CommonJS. */
const begin = async (): Promise<void> => {
  const parser = await openParser()
  answerInThread((texts: string[]) => {
    const answer = packTrees(texts, parser)
    return { answer, memory: [answer.numbers.buffer] }
  })
}

void begin()
