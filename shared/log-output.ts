import { writeSync } from 'node:fs'

/**
 * Where log lines go: a file, a pipe or a terminal, each line written at once. A disk that is full
 * or a collector that hangs or has gone must neither end nor freeze the process, since people wait
 * to sign in: lines are lost then, and counted, until one can be written again.
 */
export interface LogOutput {
  write(line: string): void
}

export interface LogTrouble {
  /** The first line is lost. @param code why, such as `ENOSPC` */
  begins(code: string): void
  /** A line could be written again. @param lost lines that could not */
  ends(lost: number): void
}

// Milliseconds. A reader that is only slow is waited for; in trouble no line is.
const patience = 1_000
const pause = 20

/** @param fd an open file descriptor */
export function logOutput(fd: number, trouble: LogTrouble): LogOutput {
  let lost = 0
  // What is left of a line that was begun: the next one must not begin in its middle.
  let rest: Buffer = Buffer.alloc(0)

  /** @returns why `rest` could not be written to its end */
  function writeRest(): string | undefined {
    for (let waited = 0; rest.length > 0; ) {
      try {
        rest = rest.subarray(writeSync(fd, rest))
      } catch (thrown) {
        const code = errorCode(thrown)
        if (code !== 'EAGAIN' || lost > 0 || waited >= patience) return code
        sleep(pause)
        waited += pause
      }
    }
    return undefined
  }

  function lose(code: string): void {
    lost += 1
    if (lost === 1) trouble.begins(code)
  }

  return {
    write: (line) => {
      const before = writeRest()
      if (before !== undefined) {
        lose(before)
        return
      }
      const whole = Buffer.from(line)
      rest = whole
      const why = writeRest()
      if (why !== undefined) {
        if (rest.length === whole.length) rest = Buffer.alloc(0)
        lose(why)
      } else if (lost > 0) {
        const count = lost
        lost = 0
        trouble.ends(count)
      }
    },
  }
}

function errorCode(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown) return String(thrown.code)
  throw thrown
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
