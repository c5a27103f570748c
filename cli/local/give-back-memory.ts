import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Loading some 800 files leaves 30 MB of used-up heap behind, which V8 would keep for the next time
 * that it is as busy. Local mode never is, and stands open all day beside an editor and a browser,
 * so the machine gets it back: 75 ms for a quarter of the process.
 */
export function giveBackMemory(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (how: { flavor: 'last-resort' }) => void
  collect({ flavor: 'last-resort' })
}
