import { open, rename, stat } from 'node:fs/promises'

/**
 * Writes a file in one step: nobody ever finds half of it, whatever happens on the way. Its owner
 * and its mode stay what they were.
 * @param mode of a file that was not there
 * @throws what Node says if it cannot be written
 */
export async function replaceFile(file: string, text: string, mode = 0o600): Promise<void> {
  const before = await stat(file).catch(() => undefined)
  const unfinished = `${file}.new`
  {
    await using handle = await open(unfinished, 'w', before ? before.mode & 0o777 : mode)
    // An admin does this as root for a service that is not.
    if (before && process.getuid?.() === 0) await handle.chown(before.uid, before.gid)
    await handle.writeFile(text)
    await handle.sync()
  }
  await rename(unfinished, file)
}
