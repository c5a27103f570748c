import type { Context } from 'koa'
import type { Control } from '../access/decision.ts'
import type { Skips } from '../access/outstanding.ts'
import type { Person } from '../access/person.ts'
import type { Proof } from './access/proofs.ts'
import type { KnownAccount } from './accounts/accounts.ts'

/** What the authorization request still needs from the person, as the sign-in pages see it. */
export interface Interaction {
  readonly uid: string
  /**
   * What is asked now: who the person is, more of a person who is signed in, or whether the app may
   * have what it wants. `refused`: nothing, since a policy stands in the way.
   */
  readonly prompt: 'login' | 'stepUp' | 'consent' | 'refused'
  /** What more, if it is that. */
  readonly demand?: Demand
  /** Why, if it is refused. */
  readonly refusal?: Refusal
  readonly client: InteractionClient
  /** Somebody signs in for a device, by its code. */
  readonly isForDevice?: true
  /** OpenID Connect Core 1.0 section 3.1.2.1: the app's guess at the user name. Not trustworthy. */
  readonly loginHint?: string
  /** `sub` of the browser's session, if it has one. */
  readonly accountId?: string
  /** Scopes the app wants and has not been granted yet; for the consent page. */
  readonly missingScopes: readonly string[]
  /** The same per resource indicator (RFC 8707). */
  readonly missingResourceScopes: Readonly<Record<string, readonly string[]>>
  /**
   * Where the browser goes in the end, as CSP `form-action` sources: Chromium applies the
   * directive to every redirect that follows a form's POST.
   */
  readonly returnSources: readonly string[]
  /** What was last kept in it, unchecked: another version of us may have done it. */
  readonly kept?: unknown
}

/** What a policy, or the app itself, asks for beside what the session has shown. */
export interface Demand {
  readonly control: Control
  /** What the policy tells the person. */
  readonly reasons: readonly string[]
  readonly sub: string
  /** As they typed it when they signed in. */
  readonly username: string
  readonly realm: string
  /** What the session has shown, the password included. */
  readonly shown: readonly ShownProof[]
  /** When the password of the session was checked, milliseconds since the epoch; if it has one. */
  readonly passwordAt?: number
  /** The browser may be remembered for so many days once it is shown. */
  readonly rememberDays?: number
  /** They have no second factor, and may put off setting one up. */
  readonly skips?: Skips
}

/** Why policies do not let somebody in. */
export interface Refusal {
  /** `unmet`: one asks for what cannot be shown here, a second factor say. */
  readonly because: 'blocked' | 'unmet'
  /** By name; for the log alone. */
  readonly policies: readonly string[]
  /** What they tell the person. */
  readonly reasons: readonly string[]
  /** Under which it stands in the log. */
  readonly reference: string
}

export interface InteractionClient {
  readonly id: string
  readonly name: string
  /** Ours: needs no consent. */
  readonly firstParty: boolean
  readonly logoUri?: string
  readonly policyUri?: string
  readonly termsUri?: string
}

/** Who signed in and how; becomes the session and the ID token's `amr` and `auth_time`. */
export interface SignedIn {
  readonly accountId: string
  /** What the directory says of them. */
  readonly account: KnownAccount
  /** Authentication method references, RFC 8176. */
  readonly amr: readonly string[]
  /** What else they have shown. */
  readonly proofs?: readonly NewProof[]
  /** When, milliseconds since the epoch; now, unless there was something to be told in between. */
  readonly at?: number
}

export interface ShownProof extends Pick<Proof, 'amr'>, Partial<Pick<Proof, 'at'>> {
  readonly method: Proof['method'] | 'password'
}

/** Shown just now. */
export type NewProof = Omit<Proof, 'at'>

/** The only door between the sign-in pages and the OpenID Connect library. */
export interface Interactions {
  /** @throws Fault `signInExpired` if it is over, unknown, or belongs to another browser */
  load(ctx: Context): Promise<Interaction>
  /** What policies will ask of whoever signs in now, by who it is; so that nothing is typed twice. */
  foresee(ctx: Context): Promise<(person: Person) => readonly Control[]>
  /**
   * Whether policies let the person of the session register a second factor here and now.
   * @param shown just now, and not told to the library yet
   */
  mayRegister(ctx: Context, shown?: readonly NewProof[]): Promise<boolean>
  /** Keeps the state of the pages, sealed like the interaction and until it ends. */
  keep(ctx: Context, state: object): Promise<void>
  /** Each of these ends the interaction: the response is a redirect back into the flow. */
  finishLogin(ctx: Context, signedIn: SignedIn): Promise<void>
  finishStepUp(ctx: Context, proofs: readonly NewProof[]): Promise<void>
  finishConsent(ctx: Context): Promise<void>
  /** @param error RFC 6749 section 4.1.2.1, for the app; e.g. `access_denied` */
  refuse(ctx: Context, error: string, description: string): Promise<void>
}
