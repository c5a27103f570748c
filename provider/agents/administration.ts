import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { partName } from '../../shared/settings/fields.ts'
import type { AgentDirectory } from './directory.ts'
import type { Invitation, InvitationCode, Invitations } from './invitations.ts'
import { whyNotNetwork } from './networks.ts'
import { announcedEvery, digestOf, type HeardProcesses, type ProviderProcess } from './presence.ts'
import type { AgentRecord } from './record.ts'

/**
 * What admins do with agents; running providers notice it, and tell the other admins (`announce`). Every method throws Fault `unknownAgent` for a name that no agent has,
 * `notAllowed` with what is wrong, and `storeDown` or `busDown`.
 */
export interface AgentAdministration {
  list(): readonly AgentRecord[]
  invite(invitation: Invitation): Promise<InvitationCode>
  /**
   * Lets an agent serve its realms for 90 days from now; also one that is quarantined.
   * @param fingerprint of its key, as its own host shows it; white space and case do not matter
   */
  approve(name: string, fingerprint: string): Promise<AgentRecord>
  /** It is asked nothing more, and finishes what it holds. */
  drain(name: string): Promise<AgentRecord>
  undrain(name: string): Promise<AgentRecord>
  /** For good. Resolves when all running provider processes know, after three seconds at most. */
  revoke(name: string): Promise<RevocationReport>
  /** The same, and the name is free again. */
  remove(name: string): Promise<RevocationReport>
}

export interface RevocationReport {
  readonly confirmed: readonly ProviderProcess[]
  /** Running, as far as is known, but not heard to know of it. They may still believe the agent. */
  readonly silent: readonly ProviderProcess[]
}

export interface AdministrationParts {
  readonly directory: AgentDirectory
  readonly invitations: Invitations
  readonly processes: HeardProcesses
  readonly clock: Clock
  /** Names of those that there are. */
  readonly realms: readonly string[]
}

/** Milliseconds. */
export const approvalLifetime: number = 90 * 86_400_000

export function createAdministration(parts: AdministrationParts): AgentAdministration {
  const { directory, invitations, clock } = parts

  const move = (name: string, from: AgentRecord['state'], to: 'approved' | 'draining') =>
    directory.change(name, (record) => {
      if (record.state === from) return { ...record, state: to }
      throw new Fault('notAllowed', `${name} is ${record.state}, not ${from}`)
    })

  async function end(name: string, removed: boolean): Promise<RevocationReport> {
    const report = await endEverywhere(name, removed, parts)
    return report
  }

  return {
    list: () => directory.all(),
    invite: (invitation) => {
      const problem = whyNotInvite(invitation, parts)
      if (problem !== undefined) throw new Fault('notAllowed', problem)
      return invitations.create(invitation)
    },
    approve: async (name, fingerprint) => {
      const approved = await directory.change(name, (record) => approve(record, fingerprint, clock))
      return approved
    },
    drain: async (name) => {
      const drained = await move(name, 'approved', 'draining')
      return drained
    },
    undrain: (name) => move(name, 'draining', 'approved'),
    revoke: (name) => end(name, false),
    remove: (name) => end(name, true),
  }
}

function approve(record: AgentRecord, fingerprint: string, clock: Clock): AgentRecord {
  const { name, state, quarantine: _, ...rest } = record
  if (state === 'revoked') throw new Fault('notAllowed', `${name} is revoked; enrol it again`)
  if (plain(fingerprint) !== plain(record.fingerprint)) {
    // The right one is not said: it would be copied from here instead of compared.
    const found = `that is not the fingerprint of the key that has enrolled as ${name}`
    throw new Fault('notAllowed', `${found}: if its own host shows this one, remove ${name}`)
  }
  const now = clock.now()
  const approval = { approvedAt: now, approvedUntil: now + approvalLifetime }
  return { ...rest, name, state: state === 'draining' ? state : 'approved', ...approval }
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(/[^0-9a-fA-F]/g, '').toLowerCase()
}

function whyNotInvite(
  { name, realms, networks }: Invitation,
  { directory, realms: known }: AdministrationParts,
): string | undefined {
  const unknown = realms.filter((realm) => !known.includes(realm))
  if (unknown.length > 0) return `${unknown.join(', ')}: no realm; known: ${known.join(', ')}`
  if (realms.length === 0) return 'an agent needs a realm to serve'
  const problem = networks.map(whyNotNetwork).find((found) => found !== undefined)
  if (problem !== undefined || name === undefined) return problem
  if (!partName.safeParse(name).success) {
    return `${name}: a name has lower-case letters, digits and hyphens, at most 63`
  }
  const before = directory.find(name)
  if (before === undefined || before.state === 'revoked') return undefined
  return `there is an agent ${name}, and it is ${before.state}; remove it, or take another name`
}

/** Milliseconds. */
const longest = 3_000
const saidAgainEvery = 250
const lookEvery = 25

// Whoever writes to Redis may take away what we say there, so it is said until everybody has
// answered. The first second is waited for in any case: each process speaks once in it.
async function endEverywhere(
  name: string,
  removed: boolean,
  { directory, processes, clock }: AdministrationParts,
): Promise<RevocationReport> {
  const began = clock.now()
  const revocation = await directory.revoke(name, { removed })
  let said = began
  for (;;) {
    await delay(lookEvery)
    const now = clock.now()
    const report = confirmations(directory, processes, began)
    const isDone = report.silent.length === 0 && now - began > announcedEvery + saidAgainEvery
    if (isDone || now - began > longest) return report
    if (now - said < saidAgainEvery) continue
    said = now
    await directory.repeat(revocation)
  }
}

function confirmations(
  directory: AgentDirectory,
  processes: HeardProcesses,
  began: number,
): RevocationReport {
  const digest = digestOf(directory.revocations())
  const running = processes.all().filter(({ at }) => at > began - 3 * announcedEvery)
  return {
    confirmed: running.filter((one) => one.digest === digest),
    silent: running.filter((one) => one.digest !== digest),
  }
}
