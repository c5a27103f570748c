import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'

/** Does a thing again and again, and at once when asked to; never twice at a time. */
export interface Looking {
  now(): void
  stop(): Promise<void>
}

// Milliseconds between two looks, however often one is asked for: whoever fills a stream with
// requests to look must not keep us busy.
const leastPause = 20

/** @param every milliseconds */
export function keepLooking(look: () => Promise<void>, every: number, log: Logger): Looking {
  let isStopped = false
  let isAsked = false
  let timer: NodeJS.Timeout | undefined
  let under: Promise<void> | undefined

  async function run(): Promise<void> {
    isAsked = false
    try {
      await look()
    } catch (thrown) {
      const { code, message } = asFault(thrown)
      log.warn({ faultCode: code, detail: message }, 'what is known of agents was not refreshed')
    }
    under = undefined
    plan(isAsked ? leastPause : every)
  }

  function plan(milliseconds: number): void {
    clearTimeout(timer)
    if (isStopped) return
    timer = setTimeout(() => {
      under = run()
    }, milliseconds)
  }

  plan(every)
  return {
    now: () => {
      isAsked = true
      if (under === undefined) plan(leastPause)
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await under
    },
  }
}
