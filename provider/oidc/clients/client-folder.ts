import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClientMetadata } from 'oidc-provider'
import type { z } from 'zod'
import type { SettingsProblem } from '../../../shared/settings/problem.ts'
import type { ClientFile } from './client-settings.ts'
import { readClient } from './read-client.ts'

/** The good clients of a folder by file, and all that is wrong with the others. */
export interface ClientFolder {
  readonly clients: ReadonlyMap<string, ClientMetadata>
  readonly problems: readonly SettingsProblem[]
}

export const noClients: ReadonlyMap<string, ClientMetadata> = new Map()

/**
 * @param previous what the same folder held before: a file that has gone bad keeps its good
 *   client, since an app must not go down because somebody is editing
 */
export async function readClientFolder(
  directory: string,
  schema: z.ZodType<ClientFile>,
  previous: ReadonlyMap<string, ClientMetadata> = noClients,
): Promise<ClientFolder> {
  const files = await clientFiles(directory)
  if (!Array.isArray(files)) return { clients: previous, problems: [files] }
  const read = await Promise.all(files.map((file) => readClient(file, schema)))
  const problems = read.flatMap((each) => each.problems ?? [])
  const clients = new Map<string, ClientMetadata>()
  for (const { file, client } of read) {
    const kept = client ?? previous.get(file)
    if (kept !== undefined) clients.set(file, kept)
  }
  const single = withoutRepeats(clients, previous)
  return { clients: single.clients, problems: [...problems, ...single.problems] }
}

/**
 * PURE. Of several files with one client_id, the one that had it before keeps it, or else the
 * first by name: nobody takes an app over by adding a file.
 */
export function withoutRepeats(
  clients: ReadonlyMap<string, ClientMetadata>,
  previous: ReadonlyMap<string, ClientMetadata>,
): ClientFolder {
  const had = (file: string, id: string): boolean => previous.get(file)?.client_id === id
  const inOrder = [...clients].toSorted(
    ([a, { client_id: idA }], [b, { client_id: idB }]) =>
      Number(had(b, idB)) - Number(had(a, idA)) || (a < b ? -1 : 1),
  )
  const owners = new Map<string, string>()
  const kept = new Map<string, ClientMetadata>()
  const problems: SettingsProblem[] = []
  for (const [file, client] of inOrder) {
    const owner = owners.get(client.client_id)
    if (owner === undefined) {
      owners.set(client.client_id, file)
      kept.set(file, client)
    } else {
      const message = `${owner} has this client_id`
      problems.push({ file, line: 0, column: 0, path: 'client_id', message })
    }
  }
  return { clients: kept, problems }
}

async function clientFiles(directory: string): Promise<string[] | SettingsProblem> {
  try {
    const names = await readdir(directory)
    return names
      .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.'))
      .toSorted()
      .map((name) => join(directory, name))
  } catch (thrown) {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
    const message = missing ? 'there is no such folder' : `cannot be read (${String(thrown)})`
    return { file: directory, line: 0, column: 0, path: '', message }
  }
}
