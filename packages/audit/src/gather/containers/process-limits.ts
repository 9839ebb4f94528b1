import { gatherer } from '../../core/item.ts'
import { commandWords, effective, publishedImage } from './published-image.ts'
import type { Spot } from './workload.ts'

export interface ProcessLimits {
  /** Limits of memory that the process is started with, such as `--max-old-space-size=512`. */
  memory: Spot[]
}

const heap =
  /--max-(old-space|heap)-size(-percentage)?[= ]\d+|-Xmx\d+|-XX:MaxRAM\w*=\d+|GOMEMLIMIT|ulimit -[vm] \d+|--limit-as[= ]\d+/

/** Limits that the image itself starts its process with. */
export const processLimits = gatherer<ProcessLimits, { publishedImage: typeof publishedImage }>({
  id: 'process-limits',
  impact: 'read',
  from: 'repository',
  needs: { publishedImage },
  gather: (_, { publishedImage: image }) => {
    if (!image) return { memory: [] }
    const { path } = image.file
    const started = ['ENTRYPOINT', 'CMD'].flatMap(keyword => {
      const step = effective(image, keyword)
      const found = heap.exec(commandWords(step?.text ?? '').join(' '))
      return step && found ? [{ path, line: step.line, saw: found[0] }] : []
    })
    const first = image.chain.at(-1)?.line ?? 1
    const set = image.file.variables
      .filter(({ name, line }) => /^(NODE_OPTIONS|JAVA_TOOL_OPTIONS|JAVA_OPTS|GOMEMLIMIT)$/.test(name) && line >= first)
      .flatMap(({ name, value, line }) => {
        const found = heap.exec(`${name}=${value ?? ''}`)
        return found ? [{ path, line, saw: `${name}: ${found[0]}` }] : []
      })
    return { memory: [...started, ...set] }
  },
})
