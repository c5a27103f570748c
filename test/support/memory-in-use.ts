import { eventually } from './eventually.ts'
import type { PosternProcess } from './postern-process.ts'

/**
 * For `--import`: at SIGUSR2 a process collects its garbage and says how many bytes are left. What
 * the operating system counts goes up and down with the collector's habits, by more than a leak
 * would in minutes; what is left after a collection does not.
 */
const mark = 'bytes in use: '

if (process.env['TEST_SAYS_MEMORY'] === '1') {
  process.on('SIGUSR2', () => {
    global.gc?.()
    global.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    process.stderr.write(`${mark}${heapUsed + external}\n`)
  })
}

/** The environment of such a process. */
export const saysMemory: Record<string, string> = {
  NODE_OPTIONS: `--expose-gc --import=${import.meta.url}`,
  TEST_SAYS_MEMORY: '1',
}

/** Bytes that a process holds on to. */
export async function memoryInUse(one: PosternProcess): Promise<number> {
  const said = () => [...one.output().matchAll(new RegExp(`^${mark}(\\d+)$`, 'gm'))]
  const before = said().length
  process.kill(one.pid, 'SIGUSR2')
  await eventually(() => said().length > before)
  return Number(said().at(-1)?.[1])
}
