/**
 * What admins are told at the moment it happens: one closed list. What lasts is a
 * warning (`shared/warning.ts`), and ends by itself.
 */
export interface Alert {
  readonly name: AlertName
  readonly agent?: string
  readonly realm?: string
  /** The reference or id of the question it is about. */
  readonly reference?: string
  /** For admins: what was seen. Nothing about a person: it leaves the house through the webhook. */
  readonly detail?: string
  /**
   * Names what happened. Several provider processes notice the same; by this they know, and admins
   * are told once. Without it each `raise` is an occasion of its own.
   */
  readonly occasion?: string
}

export type AlertName =
  | 'agentQuarantined'
  | 'agentsDisagree'
  | 'agentEnrolled'
  | 'agentApproved'
  | 'agentDrained'
  | 'agentRevoked'
  | 'agentRemoved'
  | 'breakGlassUsed'
  | 'breakGlassRefused'
  | 'signInDisowned'

export interface AlertText {
  /** Stable for ever: `PST-401` and on. */
  readonly code: string
  readonly title: string
  /** `error`: look at it now. */
  readonly level: 'warn' | 'error'
}

const alerts: Readonly<Record<AlertName, AlertText>> = {
  agentQuarantined: {
    code: 'PST-401',
    title: 'an agent has been quarantined and is asked nothing any more',
    level: 'error',
  },
  agentsDisagree: {
    code: 'PST-402',
    title: 'two agents have answered one question differently',
    level: 'error',
  },
  agentEnrolled: {
    code: 'PST-403',
    title: 'an agent has enrolled and waits for its approval',
    level: 'warn',
  },
  agentApproved: {
    code: 'PST-404',
    title: 'an agent has been approved and may answer for its realms',
    level: 'warn',
  },
  agentDrained: { code: 'PST-405', title: 'an agent is asked nothing new', level: 'warn' },
  agentRevoked: {
    code: 'PST-406',
    title: 'an agent has been revoked and is never believed again',
    level: 'warn',
  },
  agentRemoved: {
    code: 'PST-407',
    title: 'an agent has been removed from the list',
    level: 'warn',
  },
  breakGlassUsed: {
    code: 'PST-408',
    title: 'somebody has signed in with a break-glass account',
    level: 'error',
  },
  breakGlassRefused: {
    code: 'PST-409',
    title: 'somebody has tried to sign in with a break-glass account, in vain',
    level: 'error',
  },
  signInDisowned: {
    code: 'PST-410',
    title: 'a person says that a sign-in with their account was not theirs',
    level: 'error',
  },
}

export const alertNames: readonly AlertName[] = Object.keys(alerts) as AlertName[]

/** Total: every alert has a text. */
export function alertText(name: AlertName): AlertText {
  return alerts[name]
}
