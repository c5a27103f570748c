import { verify } from '@node-rs/argon2'
import type { Account } from '../../shared/account.ts'
import type { Clock } from '../../shared/clock.ts'
import { createGate } from '../../shared/gate.ts'
import type { Logger } from '../../shared/log.ts'
import type { Outcome } from '../../shared/outcome.ts'
import type { Alerts } from '../agents/alerts.ts'
import type { BreakGlassAccounts } from './accounts.ts'
import type { BreakGlassAccount } from './accounts-file.ts'
import { hashPassphrase, plainPassphrase } from './passphrase.ts'
import { breakGlassRealm } from './realm.ts'

/**
 * Accounts for emergencies: when no agent answers, or a policy keeps everybody out. They are in a
 * file of the provider's, which asks nobody about them; policies do not apply to them, nothing locks
 * them, and whatever is done or tried with one is said as loudly as can be.
 */
export interface BreakGlass {
  verify(asked: BreakGlassAsked): Promise<BreakGlassAnswer>
  /** The same of somebody who has shown a passkey: whether their account is still in the file. */
  admit(asked: BreakGlassSought): Promise<BreakGlassAnswer>
  /** Whether an account is still in the file; asked whenever something rests on a sign-in with it. */
  lookUp(sought: BreakGlassSought): Promise<Outcome>
}

export interface BreakGlassSought {
  readonly accountId: string
  readonly reference: string
}

export interface BreakGlassAsked {
  /** As typed, with its suffix. */
  readonly username: string
  readonly password: string
  readonly reference: string
}

export interface BreakGlassAnswer {
  readonly outcome: Outcome
  readonly milliseconds: number
}

export interface BreakGlassParts {
  readonly accounts: BreakGlassAccounts
  readonly alerts: Alerts
  readonly clock: Clock
  readonly log: Logger
}

// Together some hundred checks a second, more than pages come in; so no flood keeps the right
// passphrase waiting for long.
const parallel = 2
// Milliseconds.
const longestWait = 8_000

export function createBreakGlass({ accounts, alerts, clock, log }: BreakGlassParts): BreakGlass {
  const gate = createGate(parallel)
  const shout = createShout({ alerts, clock, log })
  const nobodys = hashPassphrase(clock.randomBytes(32).toString('hex'))

  return {
    verify: async ({ username, password, reference }) => {
      const began = clock.now()
      const account = await accounts.find(nameIn(username))
      // The same work for nobody as for somebody, so that its time does not tell who there is.
      const hash = account?.passphraseHash ?? (await nobodys)
      const right = await gate(AbortSignal.timeout(longestWait), () =>
        verify(hash, plainPassphrase(password)),
      )
      const outcome = outcomeOf(account, right)
      shout({ outcome, account, reference })
      return { outcome, milliseconds: clock.now() - began }
    },
    admit: async ({ accountId, reference }) => {
      const began = clock.now()
      const account = await accounts.findById(accountId)
      const outcome = outcomeOf(account, true)
      shout({ outcome, account, reference })
      return { outcome, milliseconds: clock.now() - began }
    },
    lookUp: async ({ accountId, reference }) => {
      const account = await accounts.findById(accountId)
      if (account === undefined) return { name: 'unknownUser' }
      const about = { realm: breakGlassRealm, account: account.name, reference }
      log.warn(about, 'a break-glass account is in use')
      return { name: 'ok', account: knownOf(account) }
    },
  }
}

function nameIn(username: string): string {
  return username.slice(0, username.lastIndexOf('@')).toLowerCase()
}

function outcomeOf(account: BreakGlassAccount | undefined, right: boolean | undefined): Outcome {
  if (right === undefined) {
    const detail = 'other passphrases of break-glass accounts were still being checked'
    return { name: 'unavailable', reason: 'overloaded', detail }
  }
  if (account === undefined) return { name: 'unknownUser' }
  return right ? { name: 'ok', account: knownOf(account) } : { name: 'wrongPassword' }
}

function knownOf({ id, claims }: BreakGlassAccount): Account {
  return { id, claims }
}

interface Attempt {
  readonly outcome: Outcome
  readonly account: BreakGlassAccount | undefined
  readonly reference: string
}

// Milliseconds. Each attempt is in the log; a webhook with one for each would drown what else it
// has to tell.
const quietFor = 60_000

/** Every use is an alert, and so is an attempt, if there was none in the last minute. */
function createShout({ alerts, clock, log }: Omit<BreakGlassParts, 'accounts'>) {
  const realm = breakGlassRealm
  let lastRefused = Number.NEGATIVE_INFINITY
  let refused = 0

  return ({ outcome, account, reference }: Attempt): void => {
    // Never what was typed: it may be a password in the wrong field.
    const about = account === undefined ? 'no such account' : `account ${account.name}`
    if (outcome.name === 'ok') {
      alerts.raise({ name: 'breakGlassUsed', realm, reference, detail: about })
      return
    }
    refused += 1
    log.error({ realm, reference, detail: about }, 'a break-glass account was tried in vain')
    if (clock.now() - lastRefused < quietFor) return
    lastRefused = clock.now()
    const detail = `${about}; attempts since this process started: ${refused}`
    alerts.raise({ name: 'breakGlassRefused', realm, reference, detail })
  }
}
