import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../shared/clock.ts'

/**
 * Waits until something has become true: asks again every few milliseconds, up to a deadline.
 *
 * @param check not true yet: it gives `false` or throws, as a failed `expect` does
 * @param options.within milliseconds, 5,000 unless given
 * @throws what the last `check` threw, with the deadline in its message
 */
export async function eventually(
  check: () => Promise<boolean | void> | boolean | void,
  options: { within?: number } = {},
): Promise<void> {
  const within = options.within ?? 5_000
  const deadline = systemClock.now() + within
  for (;;) {
    const failed = await failure(check)
    if (failed === undefined) return
    if (systemClock.now() > deadline) {
      throw new Error(`not within ${within} ms: ${failed.message}`, { cause: failed })
    }
    await sleep(10)
  }
}

async function failure(check: () => Promise<boolean | void> | boolean | void) {
  try {
    return (await check()) === false ? new Error('still false') : undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
