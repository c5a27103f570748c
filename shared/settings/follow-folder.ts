import { type BigIntStats, statSync } from 'node:fs'
import { stat, watch } from 'node:fs/promises'
import { setInterval, setTimeout as sleep } from 'node:timers/promises'

// Milliseconds without a further change before the folder is read: an editor that saves, or a
// tool that copies, touches a file several times.
const quiet = 100

// Milliseconds after which it is seen that another folder stands in the place of the one that is
// followed. Nothing tells of that by itself where a link further up has been set anew.
const glance = 1_000

/**
 * Tells of changes in a folder, after each has come to rest, until it is told to stop. The folder is
 * what stands there by its name: one that is put in its place, by renaming or by a link, is followed
 * from then on, as is one that is made anew.
 * @param concerns whether a file of it, by its name, is of interest; all unless given
 * @throws Error if the folder cannot be watched, or no longer
 */
export async function followFolder(
  directory: string,
  signal: AbortSignal,
  changed: () => Promise<void>,
  concerns: (name: string) => boolean = () => true,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tell = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void changed(), quiet)
  }
  const seen = (name: string | null): void => {
    // A system that does not say which file it was may mean any.
    if (name === null || concerns(name)) tell()
  }
  try {
    await followOne(directory, signal, seen)
    for (;;) {
      tell()
      await followOne(directory, signal, seen).catch(async (thrown: unknown) => {
        // Put in its place, and gone once more: the next one is being put there.
        if (!isMissing(thrown)) throw thrown
        await sleep(glance, undefined, { signal })
      })
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves once another folder stands there. */
async function followOne(
  directory: string,
  signal: AbortSignal,
  seen: (name: string | null) => void,
): Promise<void> {
  // Before anything is awaited: of what happens after the call nothing may be missed.
  const folder = identity(statSync(directory, { bigint: true }))
  const replaced = new AbortController()
  const either = AbortSignal.any([signal, replaced.signal])
  const looking = whenReplaced(directory, folder, either).then(() => replaced.abort())
  try {
    for await (const { filename } of watch(directory, { signal: either })) seen(filename)
  } catch (thrown) {
    if (!replaced.signal.aborted || signal.aborted) throw thrown
  } finally {
    replaced.abort()
    await looking
  }
}

/** Resolves also when there is no more looking. One that is gone may come back. */
async function whenReplaced(directory: string, folder: string, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(glance, undefined, { signal })) {
      const now = await stat(directory, { bigint: true }).catch(() => undefined)
      if (now !== undefined && identity(now) !== folder) return
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}

// The time as well: a number is given anew as soon as its folder has been deleted.
function identity({ dev, ino, birthtimeNs }: BigIntStats): string {
  return [dev, ino, birthtimeNs].join(' ')
}
