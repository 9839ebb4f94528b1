import { answerInThread } from '../../instruments/thread.ts'
import { packTrees } from './python-packing.ts'
import { openPython } from './python-tree.ts'

const parse = await openPython()

answerInThread((texts: string[]) => {
  const answer = packTrees(texts, parse)
  return { answer, memory: [answer.numbers.buffer] }
})
