import { answerInThread } from '../../instruments/thread.ts'
import { packTrees } from './python-packing.ts'
import { openParser } from '../../instruments/python-parser.ts'

const parser = await openParser()

answerInThread((texts: string[]) => {
  const answer = packTrees(texts, parser)
  return { answer, memory: [answer.numbers.buffer] }
})
