import type { Clock } from '../../shared/clock.ts'
import { verifyingKey } from '../../shared/envelope-keys.ts'
import type { TrustedAgent, TrustedAgents } from '../broker/agents.ts'
import type { Authority } from './authority.ts'
import type { AgentDirectory } from './directory.ts'
import type { AgentRecord } from './record.ts'
import { restoreLost } from './restore.ts'

/** Whom the broker may ask: whoever shows a good certificate, and is not revoked. */
export function createTrustedAgents(parts: {
  authority: Authority
  directory: AgentDirectory
  clock: Clock
}): TrustedAgents {
  const { authority, directory, clock } = parts
  // Good ones alone. An agent shows its certificate each second, and another one in five days.
  const recognized = new Map<string, TrustedAgent>()

  async function recognize(certificate: string): Promise<TrustedAgent> {
    const said = await authority.verify(certificate)
    restoreLost(directory, said)
    const { name, enrolment, realms, ends } = said
    const key = await verifyingKey(said.publicKey)
    return { name, enrolment, realms, ends, key }
  }

  return {
    recognize: async (certificate) => {
      const known = recognized.get(certificate)
      if (known !== undefined && clock.now() < known.ends) return known
      const agent = await recognize(certificate)
      if (recognized.size >= mostRecognized) recognized.clear()
      recognized.set(certificate, agent)
      return agent
    },
    standing: (agent) =>
      standing(agent, directory.find(agent.name), {
        now: clock.now(),
        isRevoked: directory.isRevoked(agent.enrolment),
      }),
    ofRealm: (realm) =>
      directory.all().filter(({ realms, state }) => state !== 'revoked' && realms.includes(realm)),
  }
}

const mostRecognized = 1_000

/** PURE. */
export function standing(
  { enrolment, ends }: Pick<TrustedAgent, 'enrolment' | 'ends'>,
  record: AgentRecord | undefined,
  { now, isRevoked }: { now: number; isRevoked: boolean },
): ReturnType<TrustedAgents['standing']> {
  if (isRevoked || now >= ends) return 'no'
  // No record: an agent that waits for its approval, or that was removed.
  if (record === undefined || record.enrolment !== enrolment) return 'no'
  if (now >= (record.approvedUntil ?? 0)) return 'no'
  if (record.state === 'approved') return 'ask'
  return record.state === 'draining' ? 'believe' : 'no'
}
