/** Anything that was started and can be stopped cleanly. */
export interface Running {
  stop(): Promise<void>
  /** Rejects if it cannot go on. */
  readonly failed?: Promise<never>
}

// An agent may be waiting for its directory: 8 s is how long a question lives, then nobody asks.
const deadline = 10_000

/**
 * Starts something, keeps it until SIGTERM or SIGINT, and stops it. So does the end of a process that
 * has started this one with a channel to it, as local mode does. A signal that comes during the
 * start waits for it: what has been half started could not be stopped. A second one, or the
 * deadline, ends the process without waiting for anything.
 */
export async function untilSignal(start: () => Promise<Running>): Promise<void> {
  const asked = nextSignal()
  const running = await start()
  try {
    await Promise.race([asked, ...(running.failed ? [running.failed] : [])])
  } finally {
    await stopInTime(running)
    // As long as we listen for its end, the channel keeps the process alive.
    if (process.connected) process.disconnect()
  }
}

async function stopInTime(running: Running): Promise<void> {
  void nextSignal().then(giveUp)
  const timer = setTimeout(() => {
    console.error(`postern: did not stop within ${deadline / 1000} s, so it was cut off.`)
    giveUp()
  }, deadline)
  await running.stop()
  clearTimeout(timer)
}

function giveUp(): never {
  process.exit(1)
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve())
    if (process.connected) process.once('disconnect', () => resolve())
  })
}
