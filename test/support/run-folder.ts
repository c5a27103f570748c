import { access, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the test files of one `npm test` keep what each would make anew; `scripts/test.ts` names it. */
const runFolder = process.env['TEST_RUN_FOLDER']

/**
 * What takes long to make and is the same for every test file: made by the first that needs it. A
 * file that runs alone makes its own.
 *
 * @param make fills an empty folder
 * @param take copies what it needs; changes nothing
 */
export async function onceInARun(
  name: string,
  make: (folder: string) => Promise<void>,
  take: (folder: string) => Promise<void>,
): Promise<void> {
  const parent = runFolder ?? tmpdir()
  const kept = join(parent, name)
  if (runFolder !== undefined && (await exists(kept))) return take(kept)
  const made = await mkdtemp(join(parent, `postern-${name}-`))
  try {
    await make(made)
    await take(made)
    // Another worker may have been faster; then that one's is kept.
    if (runFolder !== undefined) await rename(made, kept).catch(() => {})
  } finally {
    await rm(made, { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
