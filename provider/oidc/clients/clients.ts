import type { ClientMetadata } from 'oidc-provider'
import type { z } from 'zod'
import type { Logger } from '../../../shared/log.ts'
import { followFolder } from '../../../shared/settings/follow-folder.ts'
import { SettingsFault } from '../../../shared/settings/problem.ts'
import { noClients, readClientFolder } from './client-folder.ts'
import type { ClientFile } from './client-settings.ts'

/** The apps that may use this provider: the client files of a folder, followed while it runs. */
export interface Clients {
  find(clientId: string): ClientMetadata | undefined
  /** Whether some app may get tokens in this way. */
  mayUse(grantType: string): boolean
  /**
   * Reads the folder, and from then on again whenever it changes: good files count at once, bad
   * ones are logged and change nothing.
   * @throws SettingsFault with the problems of all files, if there are any
   */
  load(schema: z.ZodType<ClientFile>): Promise<void>
  stop(): Promise<void>
}

export function createClients(parts: {
  readonly directory: string
  readonly log: Logger
}): Clients {
  const { directory, log } = parts
  const stopped = new AbortController()
  let schema: z.ZodType<ClientFile> | undefined
  let byFile = noClients
  let byId: ReadonlyMap<string, ClientMetadata> = new Map()
  let reading: Promise<void> = Promise.resolve()
  let watching: Promise<void> = Promise.resolve()

  function use(clients: ReadonlyMap<string, ClientMetadata>): void {
    byFile = clients
    byId = new Map([...clients.values()].map((client) => [client.client_id, client]))
  }

  async function readAgain(): Promise<void> {
    if (schema === undefined) return
    const before = byId
    const { clients, problems } = await readClientFolder(directory, schema, byFile)
    use(clients)
    for (const { message: detail, ...place } of problems) {
      log.error({ ...place, detail }, 'client file not used')
    }
    const news = differences(before, byId)
    if (news.length > 0) log.info({ news, total: byId.size }, 'clients changed')
  }

  // One after the other, or an older look at the folder could win.
  function reload(): Promise<void> {
    reading = reading
      .then(readAgain)
      .catch((err: unknown) => log.error({ directory, err }, 'client files not read'))
    return reading
  }

  return {
    find: (clientId) => byId.get(clientId),
    mayUse: (grantType) =>
      [...byId.values()].some(({ grant_types = [] }) => grant_types.includes(grantType)),
    load: async (checks) => {
      schema = checks
      const { clients, problems } = await readClientFolder(directory, schema)
      if (problems.length > 0) throw new SettingsFault(problems)
      use(clients)
      if (byId.size === 0) log.warn({ directory }, 'no client files: no app can use this provider')
      watching = followFolder(directory, stopped.signal, reload).catch((err: unknown) => {
        log.error({ directory, err }, 'changes of client files are not seen until a restart')
      })
      // For what has changed since the first look.
      void reload()
    },
    stop: async () => {
      stopped.abort()
      await watching
      await reading
    },
  }
}

function differences(
  before: ReadonlyMap<string, ClientMetadata>,
  after: ReadonlyMap<string, ClientMetadata>,
): string[] {
  const was = (id: string): string | undefined => text(before.get(id))
  const came = [...after].flatMap(([id, client]) => {
    if (!before.has(id)) return [`${id} added`]
    return was(id) === text(client) ? [] : [`${id} changed`]
  })
  const went = [...before.keys()].filter((id) => !after.has(id)).map((id) => `${id} removed`)
  return [...came, ...went]
}

function text(client: ClientMetadata | undefined): string | undefined {
  return client && JSON.stringify(client)
}
