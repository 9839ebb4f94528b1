import { parentPort, Worker } from 'node:worker_threads'

interface Waiting<Answer> {
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}

/** What is answered: the answer and the memory that is handed over with it, or what went wrong. */
type Told<Answer> = { answer: Answer } | { wrong: string }

const idleMs = 2000

/**
 * Asks a script that runs in a thread beside this one, which answers one question after the other. The thread begins
 * with the first question and ends when nothing was asked for two seconds; it keeps no process alive.
 */
export const openThread = <Answer>(script: URL): ((question: unknown) => Promise<Answer>) => {
  const waiting: Waiting<Answer>[] = []
  let worker: Worker | undefined
  let idle: NodeJS.Timeout | undefined

  const end = (): void => {
    void worker?.terminate()
    worker = undefined
  }
  const rest = (): void => {
    worker?.unref()
    idle = setTimeout(end, idleMs)
    idle.unref()
  }
  const begin = (): Worker => {
    const begun = new Worker(script)
    const fail = (error: unknown): void => {
      if (worker === begun) worker = undefined
      for (const { reject } of waiting.splice(0)) reject(error)
    }
    begun.on('message', (told: Told<Answer>) => {
      const first = waiting.shift()
      if (waiting.length === 0) rest()
      if ('answer' in told) first?.resolve(told.answer)
      else first?.reject(new Error(told.wrong))
    })
    begun.on('error', fail)
    begun.on('exit', code => {
      if (worker === begun) fail(new Error(`a thread ended with ${code}`))
    })
    return begun
  }

  return question =>
    new Promise<Answer>((resolve, reject) => {
      clearTimeout(idle)
      worker ??= begin()
      worker.ref()
      try {
        worker.postMessage(question, [])
      } catch (error) {
        // nobody waits for an answer: the thread must not keep the process alive
        if (waiting.length === 0) rest()
        throw error
      }
      waiting.push({ resolve, reject })
    })
}

/** The other side: `answer` gives what is sent back, and the memory that is handed over with it. */
export const answerInThread = (answer: (question: never) => { answer: object; memory: ArrayBuffer[] }): void => {
  parentPort?.on('message', (question: unknown) => {
    try {
      const { memory, ...told } = answer(question as never)
      parentPort?.postMessage(told, memory)
    } catch (error) {
      parentPort?.postMessage({ wrong: String(error) }, [])
    }
  })
}
