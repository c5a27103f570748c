import { type FileHandle, open } from 'node:fs/promises'
import { Fault } from '../../shared/fault.ts'
import { type BreachCheck, breachHash } from './breach.ts'

/** Bytes: 40 hex digits, a colon, a count, and the end of the line; generously. */
const longestLine = 128

/**
 * Looks in a file of SHA-1 hashes in order, one a line with `:` and a count behind it, as "Pwned
 * Passwords" comes. It may have tens of gigabytes: of those some thirty lines are read.
 *
 * @returns a check that rejects if the file cannot be read
 */
export function breachFile(path: string): BreachCheck {
  return async (password) => {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      return await contains(file, size, breachHash(password))
    } finally {
      await file.close()
    }
  }
}

/** How many lines are looked at before a file is believed: enough to tell one in another order. */
const looks = 64

/**
 * Whether a file is what `breachFile` can search. Lists of the same passwords are also handed out by
 * how often they were seen, and with hashes of another kind: in those nothing would ever be found.
 *
 * @throws Fault `settings` if it cannot be read, or has something other than SHA-1 hashes in order
 */
export async function checkBreachFile(path: string): Promise<void> {
  const file = await open(path).catch((cause: unknown) => {
    throw new Fault('settings', `${path}: cannot be read`, { cause })
  })
  try {
    const { size } = await file.stat()
    let before = ''
    for (let look = 0; look < looks; look += 1) {
      const place = Math.floor((size * look) / looks)
      const { hash } = await lineFrom(file, place)
      // Inside the last line none begins any more.
      if (hash === '' && look > 0 && size - place < longestLine) break
      if (!/^[\dA-F]{40}$/.test(hash)) {
        throw new Fault('settings', `${path}: has lines that begin with no SHA-1 hash`)
      }
      if (hash < before) throw new Fault('settings', `${path}: its hashes are not in order`)
      before = hash
    }
  } finally {
    await file.close()
  }
}

// By halves: `low` and `high` are places in the file, of which each is inside some line.
async function contains(file: FileHandle, size: number, wanted: string): Promise<boolean> {
  let low = 0
  let high = size
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const line = await lineFrom(file, middle)
    if (line.hash === wanted) return true
    if (line.hash === '' || line.hash > wanted) high = middle
    else low = line.end
  }
  return false
}

/** The first whole line that begins at `place` or after it. */
async function lineFrom(file: FileHandle, place: number): Promise<{ hash: string; end: number }> {
  const from = Math.max(0, place - 1)
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(2 * longestLine),
    0,
    2 * longestLine,
    from,
  )
  const text = buffer.toString('latin1', 0, bytesRead)
  const start = place === 0 ? 0 : text.indexOf('\n') + 1
  if (start === 0 && place > 0) return { hash: '', end: place + 1 }
  const rest = text.slice(start)
  const length = rest.includes('\n') ? rest.indexOf('\n') + 1 : rest.length
  return { hash: rest.slice(0, 40).toUpperCase(), end: from + start + length }
}
