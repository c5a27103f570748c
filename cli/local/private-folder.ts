import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder that only this user can look into; it goes when it is disposed of. */
export interface PrivateFolder extends AsyncDisposable {
  readonly path: string
}

export async function createPrivateFolder(): Promise<PrivateFolder> {
  const path = await mkdtemp(join(tmpdir(), 'postern-local-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
