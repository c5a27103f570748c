import { mkdtempSync, rmSync } from 'node:fs'
import { access, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const begun = new Map<string, Promise<string>>()

/**
 * What takes long to make and is the same for every test file: made by the first that needs it in a
 * whole `npm test`, whose folder `scripts/test.ts` names; or else in this process.
 *
 * @param make fills an empty folder
 * @returns the folder in which it stands, to be copied and never to be changed
 */
export function onceInARun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const making = begun.get(name) ?? keep(name, make)
  begun.set(name, making)
  return making
}

async function keep(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const parent = process.env['TEST_RUN_FOLDER'] ?? folderOfThisProcess()
  const kept = join(parent, name)
  if (await exists(kept)) return kept
  const made = await mkdtemp(join(parent, `${name}-`))
  try {
    await make(made)
    await rename(made, kept).catch(async (error: unknown) => {
      // Another worker may have been faster; then that one's is kept.
      if (!(await exists(kept))) throw error
    })
  } finally {
    await rm(made, { recursive: true, force: true })
  }
  return kept
}

function folderOfThisProcess(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-tests-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
