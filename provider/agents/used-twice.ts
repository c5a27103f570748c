import type { Suspect } from '../broker/clone-watch.ts'
import type { AgentDirectory } from './directory.ts'
import type { QuarantineAgent } from './quarantine.ts'

/** What happens to an agent whose identity is used twice at once: nobody can tell who is who. */
export function usedTwice(parts: {
  readonly directory: Pick<AgentDirectory, 'find'>
  readonly quarantine: QuarantineAgent
}): Suspect {
  const { directory, quarantine } = parts
  return ({ name, enrolment }, reason, detail) => {
    // The name may be somebody else's by now, who has nothing to do with it.
    if (directory.find(name)?.enrolment !== enrolment) return
    void quarantine(name, { reason, detail })
  }
}
