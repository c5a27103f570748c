import type { Success } from '../provider/agents/successes.ts'
import { columns } from './columns.ts'
import { utcTime } from './utc-time.ts'

// A screen; JSON has all of them.
const shown = 20

/** Whom an agent has let in lately, for people. @param all newest first */
export function letInText(all: readonly Success[]): string {
  if (all.length === 0) return 'It has let in nobody within 24 hours.'
  const rows = all
    .slice(0, shown)
    .map(({ at, sub, clientId, reference, alsoBy }) => [
      utcTime(at),
      sub,
      clientId,
      reference,
      alsoBy ?? '-',
    ])
  const titles = ['let in', 'person', 'app', 'reference', 'agreed']
  const more = all.length > shown ? `\nand ${all.length - shown} more: --json shows all` : ''
  return columns([titles, ...rows], '') + more
}
