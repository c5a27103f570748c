import type { Clock } from '../../shared/clock.ts'
import {
  type EnrolmentError,
  type EnrolRequest,
  fingerprintOf,
  readInvitationCode,
} from '../../shared/enrolment.ts'
import { isInNetworks } from '../../shared/network.ts'
import { partName } from '../../shared/settings/fields.ts'
import type { ChannelKeys } from '../broker/channel-keys.ts'
import type { Alerts } from './alerts.ts'
import type { Answering } from './answer.ts'
import { type Authority, readSigningRequest } from './authority.ts'
import type { AgentDirectory } from './directory.ts'
import type { Invitations, Taken } from './invitations.ts'
import type { RedisAccess } from './redis-access.ts'
import { firstOf } from './succession.ts'

/** What an agent is told: a signed answer, or why not. */
export type Told =
  | { readonly answer: string; readonly error?: never }
  | { readonly error: EnrolmentError; readonly answer?: never }

export interface EnrolmentParts {
  readonly directory: AgentDirectory
  readonly authority: Authority
  readonly invitations: Invitations
  readonly redisAccess: RedisAccess
  readonly channelKeys: ChannelKeys
  readonly alerts: Alerts
  readonly answering: Answering
  readonly clock: Clock
}

/**
 * Makes an agent of whoever has a good code. It is pending: its certificate names no realm, and it
 * is asked nothing until somebody who has compared its fingerprint approves it.
 * @param address that the request comes from
 * @throws Fault `badMessage` if the signing request is not one
 */
export async function enrol(
  request: EnrolRequest,
  address: string,
  parts: EnrolmentParts,
): Promise<Told> {
  const { directory, channelKeys, invitations } = parts
  const { vouchesFor } = readInvitationCode(request.code)
  const publicKey = await readSigningRequest(request.csr)
  const signer = channelKeys.all().find((key) => vouchesFor(key.publicKey))
  // Before the code is used up: it names a key that no agent may pin any more.
  if (signer === undefined) return { error: 'invitation' }
  const taken = await invitations.take(request.code)
  if (taken === undefined) return { error: 'invitation' }
  const { invitation } = taken
  if (!isInNetworks(address, invitation.networks)) return { error: 'invitation' }
  const fingerprint = fingerprintOf(publicKey)
  const name = invitation.name ?? nameOf(request.host)
  // Two agents with one key could speak for each other, and nobody could tell.
  const isOthersKey = directory.all().some((record) => record.fingerprint === fingerprint)
  if (name === undefined || isOthersKey) {
    await taken.giveBack()
    return { error: 'badRequest' }
  }
  const { realms, networks } = invitation
  const { host } = request
  const wanted = { name, realms, networks, fingerprint, host, lastAddress: address, publicKey }
  const answer = await addOrGiveBack(wanted, taken, parts)
  if (answer === undefined) return { error: 'nameTaken' }
  return { answer: await parts.answering.sign(answer, signer) }
}

interface Wanted {
  readonly name: string
  readonly realms: readonly string[]
  readonly networks: readonly string[]
  readonly fingerprint: string
  readonly host: string
  readonly lastAddress: string
  readonly publicKey: string
}

/** Leaves the code good unless there is an agent now, also when Redis fails on the way. */
async function addOrGiveBack(wanted: Wanted, taken: Taken, parts: EnrolmentParts) {
  const isIn = () => parts.directory.find(wanted.name)?.fingerprint === wanted.fingerprint
  try {
    return await add(wanted, parts)
  } finally {
    if (!isIn()) await taken.giveBack()
  }
}

async function add({ publicKey, ...wanted }: Wanted, parts: EnrolmentParts) {
  const { directory, authority, redisAccess, alerts, answering, clock } = parts
  const { name } = wanted
  const enrolment = newEnrolment(clock)
  const certificate = await authority.issue({ name, enrolment, realms: [], publicKey })
  const issued = await authority.verify(certificate)
  if (isTaken(directory, name)) return undefined
  const { redis, passwordHash } = await redisAccess.grant({ name, enrolment })
  const record = await directory.put(name, () => {
    if (isTaken(directory, name)) return undefined
    return {
      ...wanted,
      enrolment,
      state: 'pending',
      enrolledAt: clock.now(),
      certificateEnds: issued.ends,
      succession: firstOf(issued),
      ...(passwordHash !== undefined && { redisPasswordHash: passwordHash }),
    }
  })
  if (record === undefined) return undefined
  alerts.raise({ name: 'agentEnrolled', agent: name, detail: `from ${wanted.lastAddress}` })
  return answering.make(record, { certificate, redis })
}

function isTaken(directory: AgentDirectory, name: string): boolean {
  const before = directory.find(name)
  return before !== undefined && before.state !== 'revoked'
}

/** A random id, in letters that every field of a certificate can hold. */
export function newEnrolment(clock: Clock): string {
  return clock.randomBytes(16).toString('hex')
}

/** A name for an agent from that of its host: `DC1.corp.example` becomes `dc1`. */
function nameOf(host: string): string | undefined {
  const [first = ''] = host.toLowerCase().split('.')
  const name = first.replaceAll(/[^a-z0-9-]/g, '-')
  return partName.safeParse(name).success ? name : undefined
}
