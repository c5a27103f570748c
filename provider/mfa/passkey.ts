import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { authenticatorName } from './authenticator-name.ts'
import type {
  Answer,
  Enrolment,
  Factor,
  FactorProof,
  FactorRefusal,
  Refused,
  RegisteredFactor,
} from './factor.ts'
import { isFull } from './factor-limits.ts'
import { type Ceremony, ceremonyRefusal, readCeremony } from './passkey-ceremony.ts'
import {
  algorithms,
  authenticationChallenge,
  bytes,
  type ExpectedPasskey,
  type PasskeyParts,
  readExpected,
  registrationChallenge,
} from './passkey-challenge.ts'
import { type PasskeyData, passkeyDataOf } from './passkey-data.ts'
import {
  type AuthenticationResponse,
  authenticationIn,
  type RegistrationResponse,
  registrationIn,
  userHandleIn,
} from './passkey-response.ts'
import { isAllowed } from './passkey-settings.ts'

/**
 * Passkeys and security keys (W3C Web Authentication Level 3). The browser says itself which site it
 * is on, so that no page of another's can ask for a passkey of ours: the one factor that phishing
 * does not get.
 *
 * The page sends what the browser answered, as JSON, in the field `passkey`.
 *
 * Where the person has not said who they are, they are known by the user handle: made by us, at
 * random, and no authenticator can choose that of somebody else. The id of a passkey is chosen by the
 * authenticator, so that a made-up one could pass for the passkey of another.
 */
export function createPasskey(parts: PasskeyParts): Factor {
  return {
    method: 'passkey',
    challenge: (asked) =>
      asked.purpose === 'enrol'
        ? registrationChallenge(parts, asked)
        : authenticationChallenge(parts, asked),
    enrol: (answer) => enrol(parts, answer),
    verify: (answer) => verify(parts, answer),
    knownAs: userHandleIn,
  }
}

async function enrol(
  parts: PasskeyParts,
  answer: Answer,
): Promise<{ readonly enrolled: Enrolment } | Refused> {
  const response = registrationIn(answer.form)
  if (response === undefined) return { refused: 'malformed' }
  const ceremony = readCeremony(response.response.clientDataJSON, response.response)
  if (ceremony?.type !== 'webauthn.create') return { refused: 'malformed' }
  const expected = readExpected(answer.expected)
  const refused = ceremonyRefusal(ceremony, expected, parts)
  if (refused !== undefined) return { refused }
  const data = await registered(parts, response, expected)
  if (data === undefined) return { refused: 'wrong' }
  const inTheWay = enrolmentRefusal(parts, data, answer.registered)
  if (inTheWay !== undefined) return { refused: inTheWay }
  const { aaguid, userHandle: knownAs } = data
  const amr = amrOf(data, ceremony.flags)
  return { enrolled: { name: authenticatorName(aaguid), data: { ...data }, amr, knownAs } }
}

function enrolmentRefusal(
  { settings }: PasskeyParts,
  { aaguid, credentialId }: PasskeyData,
  others: readonly RegisteredFactor[],
): FactorRefusal | undefined {
  if (!isAllowed(aaguid, settings)) return 'notAllowed'
  if (find(others, credentialId) !== undefined) return 'alreadyThere'
  return isFull(others, 'passkey') ? 'tooMany' : undefined
}

/** `undefined`: the attestation or the key is not what it says it is. */
async function registered(
  { relyingParty, settings }: PasskeyParts,
  response: RegistrationResponse,
  { challenge, userHandle }: ExpectedPasskey,
): Promise<PasskeyData | undefined> {
  const { registrationInfo: info } = await verifyRegistrationResponse({
    response: { ...response, clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin: relyingParty.origin,
    expectedRPID: relyingParty.id,
    requireUserVerification: settings.userVerification === 'required',
    supportedAlgorithmIDs: algorithms,
  }).catch(noneOf)
  if (info === undefined || userHandle === undefined) return undefined
  const { credential, aaguid, credentialDeviceType, credentialBackedUp } = info
  // Section 7.1, step 25, and what is looked up later: the id of the data, not of its envelope.
  if (credential.id !== response.id) return undefined
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: response.response.transports,
    aaguid,
    userHandle,
    synced: { possible: credentialDeviceType === 'multiDevice', done: credentialBackedUp },
  }
}

async function verify(
  parts: PasskeyParts,
  answer: Answer,
): Promise<{ readonly proof: FactorProof } | Refused> {
  const response = authenticationIn(answer.form)
  if (response === undefined) return { refused: 'malformed' }
  const ceremony = readCeremony(response.response.clientDataJSON, response.response)
  if (ceremony?.type !== 'webauthn.get') return { refused: 'malformed' }
  const expected = readExpected(answer.expected)
  const refused = ceremonyRefusal(ceremony, expected, parts)
  if (refused !== undefined) return { refused }
  const factor = find(answer.registered, response.id)
  if (factor === undefined) return { refused: 'wrong' }
  const passkey = passkeyDataOf(factor)
  const now = await signedBy(parts, { passkey, response, expected })
  if (now === undefined) return { refused: 'wrong' }
  const inTheWay = passkeyRefusal(parts, passkey, ceremony)
  return inTheWay === undefined ? { proof: proofOf(factor, ceremony, now) } : { refused: inTheWay }
}

/** What is true of the passkey from now on. `undefined`: it is not its signature. */
async function signedBy(
  { relyingParty, settings }: PasskeyParts,
  given: {
    readonly passkey: PasskeyData
    readonly response: AuthenticationResponse
    readonly expected: ExpectedPasskey
  },
): Promise<PasskeyData | undefined> {
  const { passkey, response, expected } = given
  // Section 7.2, step 6: the one who is meant has to be the one whose passkey it is.
  const { userHandle = passkey.userHandle } = response.response
  if (userHandle !== passkey.userHandle) return undefined
  const { verified, authenticationInfo: info } = await verifyAuthenticationResponse({
    response: { ...response, clientExtensionResults: {} },
    expectedChallenge: expected.challenge,
    expectedOrigin: relyingParty.origin,
    expectedRPID: relyingParty.id,
    requireUserVerification: settings.userVerification === 'required',
    credential: {
      id: passkey.credentialId,
      publicKey: bytes(passkey.publicKey),
      // Looked at below: the library does so before it has checked the signature, so that anybody
      // could have a passkey of somebody else's taken for a copy.
      counter: 0,
    },
  }).catch(noneOf)
  if (!verified || info === undefined) return undefined
  // Section 7.2, step 19: whether it can be copied was settled when it was made.
  const isSame = passkey.synced.possible === (info.credentialDeviceType === 'multiDevice')
  if (!isSame) return undefined
  const synced = { ...passkey.synced, done: info.credentialBackedUp }
  return { ...passkey, counter: info.newCounter, synced }
}

function passkeyRefusal(
  { settings }: PasskeyParts,
  { counter, aaguid }: PasskeyData,
  ceremony: Ceremony,
): FactorRefusal | undefined {
  // Section 6.1.1. Both zero: an authenticator that does not count, as those that sync.
  const counts = ceremony.counter > 0 || counter > 0
  if (counts && ceremony.counter <= counter) return 'cloned'
  // Whoever blocks a kind of authenticator means those that are in use, above all.
  return isAllowed(aaguid, settings) ? undefined : 'notAllowed'
}

function proofOf(factor: RegisteredFactor, { flags }: Ceremony, now: PasskeyData): FactorProof {
  return { factor, amr: amrOf(now, flags), data: { ...now } }
}

/**
 * RFC 8176, section 2. A passkey that never leaves its device is a key in hardware as far as can be
 * told without attestation; one that is synced has left it. With a finger, a face or a PIN it is
 * two factors at once: what the person has, and what they are or know.
 */
function amrOf({ synced }: PasskeyData, { uv }: Ceremony['flags']): readonly string[] {
  return [synced.possible ? 'swk' : 'hwk', 'user', ...(uv ? ['mfa'] : [])]
}

function find(
  factors: readonly RegisteredFactor[],
  credentialId: string,
): RegisteredFactor | undefined {
  return factors.find((factor) => passkeyDataOf(factor).credentialId === credentialId)
}

// The library throws whatever does not verify. What it says quotes the answer, so it is not kept.
function noneOf(): {
  verified: false
  registrationInfo?: undefined
  authenticationInfo?: undefined
} {
  return { verified: false }
}
