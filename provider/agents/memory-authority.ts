import type { Clock } from '../../shared/clock.ts'
import { createAuthority, createAuthorityKeys } from './authority.ts'
import type { AuthorityFolder } from './authority-folder.ts'
import { noJournal } from './journal.ts'

/** An authority that ends with this process; for local mode and tests. */
export async function memoryAuthority(clock: Clock): Promise<AuthorityFolder> {
  const keys = await createAuthorityKeys(clock)
  const files = { read: async () => keys }
  return { authority: createAuthority({ clock, files }), journal: noJournal }
}
