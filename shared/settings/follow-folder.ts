import { watch } from 'node:fs/promises'

// Milliseconds without a further change before the folder is read: an editor that saves, or a
// tool that copies, touches a file several times.
const quiet = 100

/**
 * Tells of changes in a folder, after each has come to rest, until it is told to stop.
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
  try {
    for await (const { filename } of watch(directory, { signal })) {
      // A system that does not say which file it was may mean any.
      if (filename !== null && !concerns(filename)) continue
      clearTimeout(timer)
      timer = setTimeout(() => void changed(), quiet)
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  } finally {
    clearTimeout(timer)
  }
}
