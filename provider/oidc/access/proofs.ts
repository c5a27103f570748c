import type { Store } from '../../../shared/store.ts'
import type { SessionLimits } from '../../access/decision.ts'
import type { LifetimeSettings } from '../../settings.ts'
import { accountLifetime } from '../lifetimes.ts'
import { meanwhile } from '../storage/meanwhile.ts'

/** Something that a person has shown in a browser's session, beside the password it began with. */
export interface Proof {
  readonly method: ProofMethod
  /** Seconds since the epoch. */
  readonly at: number
  /** RFC 8176 values. */
  readonly amr: readonly string[]
}

export type ProofMethod =
  | 'passkey'
  | 'totp'
  | 'temporaryAccessPass'
  | 'recoveryCode'
  /** A second factor some days ago in this very browser, which is to be asked for no other. */
  | 'rememberedBrowser'
  /** No proof of anything: setting up a second factor was put off, where a policy lets people. */
  | 'registrationPutOff'
  /** Two agents have said that the password is right, or that the account behind a passkey is. */
  | 'secondOpinion'
  /** The person has chosen a new password. */
  | 'passwordChange'

export interface Proofs {
  /** What was shown in a session by this person. */
  of(session: string, sub: string): Promise<readonly Proof[]>
  /** All that was shown in it. Done when the answer is. */
  save(session: string, sub: string, proofs: readonly Proof[]): void
  /** What was shown in it on a page that is no part of a sign-in. */
  add(session: string, sub: string, proofs: readonly Proof[]): Promise<void>
}

/** @param parts.store sealed: what is in it opens doors */
export function createProofs(parts: {
  readonly store: Store
  readonly lifetimes: LifetimeSettings
}): Proofs {
  const { store } = parts
  const ttl = accountLifetime(parts.lifetimes) * 1000
  const of: Proofs['of'] = async (session, sub) => {
    const found = await store.get(key(session))
    if (found === undefined) return []
    const kept = JSON.parse(found) as Kept
    return kept.sub === sub ? kept.proofs : []
  }
  const write = (session: string, kept: Kept) => store.set(key(session), JSON.stringify(kept), ttl)
  return {
    of,
    save: (session, sub, proofs) => void meanwhile(write(session, { sub, proofs })),
    add: async (session, sub, proofs) =>
      write(session, { sub, proofs: joined(await of(session, sub), proofs) }),
  }
}

interface Kept {
  readonly sub: string
  readonly proofs: readonly Proof[]
}

const key = (session: string): string => `proofs:${session}`

/** PURE. One of each method, the newest. */
export function joined(...lists: readonly (readonly Proof[])[]): readonly Proof[] {
  const newest = new Map<ProofMethod, Proof>()
  for (const proof of lists.flat()) {
    const known = newest.get(proof.method)
    if (known === undefined || known.at <= proof.at) newest.set(proof.method, proof)
  }
  return [...newest.values()]
}

/**
 * PURE. Those that still count, where policies limit how long they do.
 * @param now seconds since the epoch
 */
export function fresh(
  proofs: readonly Proof[],
  session: SessionLimits,
  now: number,
): readonly Proof[] {
  const [limit, ofBrowser] = [leastOf(session), session.rememberBrowser?.value ?? 0]
  return proofs.filter(({ method, at }) => {
    const most = method === 'rememberedBrowser' ? Math.min(limit, ofBrowser) : limit
    return now - at < most
  })
}

/** Seconds for which a second factor counts. */
function leastOf({ signInFrequency, secondFactorFrequency }: SessionLimits): number {
  return Math.min(signInFrequency?.value ?? Infinity, secondFactorFrequency?.value ?? Infinity)
}

const day = 86_400

/** PURE. For how many days a browser can be remembered; 0 if it cannot be for one. */
export function rememberDays(session: SessionLimits): number {
  return Math.floor(Math.min(session.rememberBrowser?.value ?? 0, leastOf(session)) / day)
}
