import { askWeb } from '../../shared/ask-web.ts'
import { type Clock, randomId } from '../../shared/clock.ts'
import {
  decodeEnrolmentAnswer,
  decodeRefusal,
  decodeSignedAnswer,
  type EnrolmentAnswer,
  type EnrolmentRefusal,
  type EnrolRequest,
  enrolmentPaths,
  fingerprintOf,
  type RenewalProof,
  type RenewRequest,
  readInvitationCode,
} from '../../shared/enrolment.ts'
import { type VerifyingKey, verifyingKey } from '../../shared/envelope-keys.ts'
import { sign, verifyByAny } from '../../shared/envelope-signature.ts'
import { Fault } from '../../shared/fault.ts'
import type { Proxy } from '../../shared/proxy.ts'
import { version } from '../../shared/version.ts'
import { wireVersion } from '../../shared/wire.ts'
import type { SigningRequest } from './signing-request.ts'
import type { StoredIdentity } from './stored-identity.ts'

/** What the provider says to an agent over HTTPS; refusals are a part of it. */
export type Said =
  | { readonly kind: 'answer'; readonly answer: EnrolmentAnswer }
  | ({ readonly kind: 'refusal' } & EnrolmentRefusal)

/**
 * The provider as an agent asks it: to be enrolled, to be given another certificate, how things are.
 * Every method throws Fault `webDown` or `proxy` if the provider cannot be reached, `badMessage` if
 * what answers is not a provider of ours, and `forgedMessage` if it is not the one that is pinned.
 */
export interface ProviderClient {
  /** @param code as an admin has been given it */
  enrol(code: string, request: SigningRequest, host: string): Promise<Said>
  /** @param request for another key than the present one */
  renew(identity: StoredIdentity, request?: SigningRequest): Promise<Said>
}

export function createProviderClient(parts: ProviderClientParts): ProviderClient {
  const { issuer, clock } = parts
  return {
    enrol: async (code, { csr, publicKey }, host) => {
      const asked = { v: wireVersion, code, csr, host: host.slice(0, 253), version } as const
      const { signed, refusal } = await post(parts, enrolmentPaths.enrol, asked)
      if (refusal) return { kind: 'refusal', ...refusal }
      const answer = await readAnswer(signed, await vouched(signed, code))
      if (answer.fingerprint !== fingerprintOf(publicKey)) {
        throw new Fault('forgedMessage', 'enrolment: the answer is about another key')
      }
      return { kind: 'answer', answer }
    },
    renew: async (identity, request) => {
      const { key, certificatePem, providerKeys } = identity
      const proof = proofOf(identity, request, { issuer, at: clock.now(), nonce: randomId(clock) })
      const signedProof = await sign('postern-renewal', JSON.stringify(proof), key)
      const asked = { v: wireVersion, proof: signedProof, certificate: certificatePem } as const
      const { signed, refusal } = await post(parts, enrolmentPaths.renew, asked)
      if (refusal) return { kind: 'refusal', ...refusal }
      const answer = await readAnswer(signed, providerKeys)
      const isOurs = answer.agent === proof.agent && answer.enrolment === proof.enrolment
      // An answer that was good once would bring back a key of the provider's that is not good now.
      if (isOurs && answer.nonce === proof.nonce) return { kind: 'answer', answer }
      throw new Fault('forgedMessage', 'renewal: the answer is to another question')
    },
  }
}

interface ProviderClientParts {
  readonly issuer: string
  /** PEM of the authorities to trust for the issuer's certificate, in place of the system's. */
  readonly ca?: string | undefined
  readonly proxy?: Proxy | undefined
  readonly clock: Clock
}

function proofOf(
  { certificate, providerKeys }: StoredIdentity,
  request: SigningRequest | undefined,
  said: Pick<RenewalProof, 'issuer' | 'at' | 'nonce'>,
): RenewalProof {
  return {
    v: wireVersion,
    agent: certificate.name,
    enrolment: certificate.enrolment,
    ...said,
    trusts: providerKeys.map(({ id }) => id),
    ...(request && { csr: request.csr }),
  }
}

async function readAnswer(signed: string, keys: readonly VerifyingKey[]): Promise<EnrolmentAnswer> {
  return decodeEnrolmentAnswer(await verifyByAny('postern-enrolment-answer', signed, keys))
}

async function post(
  { issuer, ca, proxy }: ProviderClientParts,
  path: string,
  body: EnrolRequest | RenewRequest,
): Promise<Posted> {
  const how = { method: 'POST', body: JSON.stringify(body), proxy } as const
  const said = await askWeb(new URL(path, issuer), { ...how, ...(ca !== undefined && { ca }) })
  const isJson = said.contentType.startsWith('application/json')
  if (isJson && said.status >= 200 && said.status < 300) {
    return { signed: decodeSignedAnswer(said.body).answer }
  }
  if (isJson && said.status >= 400) return { refusal: decodeRefusal(said.body) }
  const what = `${issuer} answered ${said.status} where a provider would not`
  throw new Fault('badMessage', `${what}: is it the issuer, and is ${path} let through?`)
}

type Posted =
  | { readonly signed: string; readonly refusal?: never }
  | { readonly refusal: EnrolmentRefusal; readonly signed?: never }

/**
 * The keys in an answer that the code vouches for. Nothing else tells an agent at its enrolment
 * which keys are the provider's: TLS may end at a proxy that is not.
 */
async function vouched(signed: string, code: string): Promise<readonly VerifyingKey[]> {
  const payload = Buffer.from(signed.split('.')[1] ?? '', 'base64url').toString('utf8')
  const { providerKeys } = decodeEnrolmentAnswer(payload)
  const { vouchesFor } = readInvitationCode(code)
  const keys = providerKeys.filter(vouchesFor)
  if (keys.length > 0) return Promise.all(keys.map(verifyingKey))
  throw new Fault(
    'forgedMessage',
    'the provider that answers is not the one that made this code: does something read TLS on the way?',
  )
}
