import type { AgentCertificate } from '../../shared/certificate.ts'
import { fingerprintOf } from '../../shared/enrolment.ts'
import type { AgentDirectory } from './directory.ts'
import { noAgents } from './record.ts'

/**
 * Makes the record of an agent that everybody has lost again, from its certificate, which only an
 * approved agent has with realms in it. Any record that turns up later replaces this one.
 * @param certificate verified
 */
export function restoreLost(directory: AgentDirectory, certificate: AgentCertificate): void {
  const { name, enrolment, realms, publicKey, starts, ends } = certificate
  const found = directory.find(name)
  const isLost = found === undefined || (found.enrolment !== enrolment && found.state === 'revoked')
  if (!isLost || realms.length === 0 || directory.isRevoked(enrolment)) return
  const approvedUntil = certificate.approvedUntil ?? ends
  const times = { enrolledAt: starts, approvedAt: starts, approvedUntil, certificateEnds: ends }
  const about = { name, enrolment, realms, networks: [], fingerprint: fingerprintOf(publicKey) }
  const record = { ...about, ...times, state: 'approved', version: 0 } as const
  directory.learn({ ...noAgents, records: [record] })
}
