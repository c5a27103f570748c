import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'

/** What every kind of backend is given beside its settings. */
export interface BackendParts {
  readonly log: Logger
  readonly clock: Clock
  /** What relative file names in the settings are relative to. */
  readonly folder: string
}
