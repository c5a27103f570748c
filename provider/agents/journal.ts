import { type AgentsState, noAgents } from './record.ts'

/**
 * What this host remembers of agents beside the store: revocations and changes of state. Whoever
 * plays back an old state of the store, with all providers stopped, brings back nobody.
 */
export interface Journal {
  /** All that was ever added, merged. */
  read(): Promise<AgentsState>
  add(news: AgentsState): Promise<void>
}

/** For local mode and tests, where nothing outlives the process. */
export const noJournal: Journal = { read: async () => noAgents, add: async () => undefined }
