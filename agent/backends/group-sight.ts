import type { Clock } from '../../shared/clock.ts'
import type { Ran } from './ldap-connection.ts'

/**
 * Whether it can be seen at all who is in which group. Where it cannot, everybody looks as if they
 * were in none: the service account may not read it, or the directory does not keep it.
 * @param look whether there is anybody who is in a group
 */
export type GroupSight = (look: () => Promise<Ran<boolean>>) => Promise<boolean>

/** Seconds that a server may search: somebody waits, and without an answer less is said of them. */
export const sightTimeLimit = 1

// Milliseconds. Rights change seldom; but whoever has just given them wants to see it.
const rememberedFor = 10 * 60_000
const askedAgainAfter = 60_000

/** Looks when somebody is in no group, and remembers what it saw. */
export function createGroupSight(clock: Pick<Clock, 'now'>): GroupSight {
  let seen: Promise<boolean> = Promise.resolve(false)
  let until = 0

  async function see(look: () => Promise<Ran<boolean>>): Promise<boolean> {
    let isSeen = false
    try {
      const found = await look()
      isSeen = 'value' in found && found.value
      return isSeen
    } finally {
      until = clock.now() + (isSeen ? rememberedFor : askedAgainAfter)
    }
  }

  return (look) => {
    if (until > clock.now()) return seen
    // Those who come meanwhile wait for the same answer.
    until = Infinity
    seen = see(look)
    return seen
  }
}
