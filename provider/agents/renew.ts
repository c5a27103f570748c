import { isDeepStrictEqual } from 'node:util'
import type { AgentCertificate } from '../../shared/certificate.ts'
import {
  decodeRenewalProof,
  type EnrolmentError,
  fingerprintOf,
  type RenewalProof,
  type RenewRequest,
} from '../../shared/enrolment.ts'
import { verifyingKey } from '../../shared/envelope-keys.ts'
import { verify } from '../../shared/envelope-signature.ts'
import { asFault } from '../../shared/fault.ts'
import { isInNetworks } from '../../shared/network.ts'
import type { Store } from '../../shared/store.ts'
import { signerFor } from '../broker/channel-keys.ts'
import type { Suspect } from '../broker/clone-watch.ts'
import { readSigningRequest } from './authority.ts'
import type { EnrolmentParts, Told } from './enrol.ts'
import type { AgentRecord } from './record.ts'
import { restoreLost } from './restore.ts'
import { succeed } from './succession.ts'

/** Milliseconds. A proof is good for so long in both directions, and once. */
const greatestSkew = 5 * 60_000

export interface RenewalParts extends EnrolmentParts {
  readonly store: Store
  readonly issuer: string
  readonly suspect: Suspect
}

/**
 * Tells an agent how things are with it and, if it sends a signing request, gives it another
 * certificate. It proves with the key of the present one who it is; a certificate that has ended
 * proves nothing.
 * @throws Fault `badMessage`
 */
export async function renew(
  request: RenewRequest,
  address: string,
  parts: RenewalParts,
): Promise<Told> {
  const { authority, channelKeys, answering, redisAccess } = parts
  const shown = await authority.verify(request.certificate).catch(undefinedIfForged)
  if (shown === undefined) return { error: 'refused' }
  const proof = await readProof(request.proof, shown)
  const error = await whyNotBelieved(proof, shown, parts)
  if (error !== undefined) return { error }
  if (parts.directory.isRevoked(shown.enrolment)) {
    return tellRevoked(shown, proof, parts, request.certificate)
  }
  restoreLost(parts.directory, shown)
  const record = parts.directory.find(shown.name)
  if (record === undefined || isOver(record, shown, parts)) return { error: 'refused' }
  if (!isInNetworks(address, record.networks)) return { error: 'refused' }
  const signer = signerFor(channelKeys, proof.trusts)
  if (signer === undefined) return { error: 'refused' }
  const certificate =
    proof.csr === undefined ? request.certificate : await certify(proof.csr, record, parts)
  const issued = await authority.verify(certificate)
  const kept = await note(record, { shown, issued, address }, parts)
  if (kept === undefined) return { error: 'refused' }
  const redis = await redisAccess.describe(kept)
  const answer = answering.make(kept, { certificate, redis, nonce: proof.nonce })
  return { answer: await answering.sign(answer, signer) }
}

function undefinedIfForged(thrown: unknown): undefined {
  if (asFault(thrown).kind !== 'forgedMessage') throw thrown
}

async function readProof(proof: string, shown: AgentCertificate): Promise<RenewalProof> {
  return decodeRenewalProof(
    await verify('postern-renewal', proof, await verifyingKey(shown.publicKey)),
  )
}

async function whyNotBelieved(
  proof: RenewalProof,
  shown: AgentCertificate,
  { issuer, store, clock }: RenewalParts,
): Promise<EnrolmentError | undefined> {
  const isAboutIt = proof.agent === shown.name && proof.enrolment === shown.enrolment
  // One that was sent to another provider, and that this one passes on.
  if (!isAboutIt || proof.issuer !== issuer) return 'badRequest'
  if (Math.abs(clock.now() - proof.at) > greatestSkew) return 'clock'
  const key = `agent-renewal:${proof.enrolment}:${proof.nonce}`
  return (await store.claim(key, '1', 2 * greatestSkew)) ? undefined : 'clock'
}

/** Signed, so that nobody else can end an agent; it has proved that it is the one. */
async function tellRevoked(
  { name, enrolment, publicKey, starts }: AgentCertificate,
  { nonce, trusts }: RenewalProof,
  { channelKeys, answering }: RenewalParts,
  certificate: string,
): Promise<Told> {
  const signer = signerFor(channelKeys, trusts)
  if (signer === undefined) return { error: 'refused' }
  const about = { fingerprint: fingerprintOf(publicKey), networks: [], enrolledAt: starts }
  const record = { name, enrolment, realms: [], state: 'revoked', version: 0, ...about } as const
  const answer = answering.make(record, { certificate, redis: undefined, nonce })
  return { answer: await answering.sign(answer, signer) }
}

function isOver(
  record: AgentRecord,
  { enrolment }: AgentCertificate,
  { clock }: RenewalParts,
): boolean {
  const isEnded = record.approvedUntil !== undefined && record.approvedUntil <= clock.now()
  return record.enrolment !== enrolment || isEnded
}

async function certify(
  csr: string,
  { name, enrolment, state, realms, approvedUntil }: AgentRecord,
  { authority }: RenewalParts,
): Promise<string> {
  const publicKey = await readSigningRequest(csr)
  const wanted = { name, enrolment, publicKey }
  // Of one that is quarantined, too: what it holds when it is let out again names none.
  if (state !== 'approved' && state !== 'draining')
    return authority.issue({ ...wanted, realms: [] })
  return authority.issue({
    ...wanted,
    realms,
    ...(approvedUntil !== undefined && { approvedUntil }),
  })
}

/** @returns nothing if its identity was copied: whether it is the copy that asks, nobody can tell */
async function note(
  record: AgentRecord,
  said: { shown: AgentCertificate; issued: AgentCertificate; address: string },
  { directory, suspect }: RenewalParts,
): Promise<AgentRecord | undefined> {
  const { shown, issued, address: lastAddress } = said
  const noted = (before: AgentRecord | undefined): AgentRecord | undefined => {
    if (before?.enrolment !== record.enrolment) return undefined
    const succession = succeed(before.succession, shown, issued)
    return succession && { ...before, succession, certificateEnds: issued.ends, lastAddress }
  }
  if (isDeepStrictEqual(noted(record), record)) return record
  let isNoted = false
  const kept = await directory.put(record.name, (before) => {
    const after = noted(before)
    isNoted = after !== undefined
    return after
  })
  if (isNoted) return kept
  suspect(shown, 'twoAtOnce', 'a certificate was shown from before its last renewal')
  return undefined
}
