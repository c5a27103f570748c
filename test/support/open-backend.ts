import { pino } from 'pino'
import type { PasswordBackend } from '../../agent/backends/backend.ts'
import { createBackend } from '../../agent/backends/registry.ts'
import { backendSettings } from '../../agent/backends/settings.ts'
import { systemClock } from '../../shared/clock.ts'

/** A backend as an agent would have it, and all that it says. */
export interface OpenBackend extends AsyncDisposable {
  readonly backend: PasswordBackend
  /** What it has logged, one JSON text a line. */
  logged(): string
}

/** @param settings of the kind that has connections, as a file would have them */
export async function openBackend(settings: Record<string, unknown>): Promise<OpenBackend> {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  const parsed = backendSettings.parse(settings)
  const backend = await createBackend(parsed, { log, clock: systemClock, folder: '/' })
  return {
    backend,
    logged: () => lines.join(''),
    [Symbol.asyncDispose]: async () =>
      (backend as PasswordBackend & AsyncDisposable)[Symbol.asyncDispose](),
  }
}
