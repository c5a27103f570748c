import type { LocalTime } from './local-time.ts'
import type { Signals, Whereabouts } from './signals.ts'

/** Signals in the form in which a thousand policies can ask them quickly; `undefined` is unknown. */
export interface Facts {
  readonly users: Values
  readonly groups: Values
  readonly roles: Values
  readonly apps: Values
  readonly userActions: Values
  readonly authenticationContexts: Values
  readonly clientAppTypes: Values
  readonly platforms: Values
  readonly signInRisks: Values
  readonly userRisks: Values
  readonly riskBecause: Signals['riskBecause']
  readonly flows: Values
  readonly whereabouts: Whereabouts | undefined
  /** @param clock that of the zone */
  localTime(zone: string, clock: (at: number) => LocalTime): LocalTime | undefined
}

export type Values = ReadonlySet<string> | undefined

/** PURE. */
export function factsOf(signals: Signals): Facts {
  const { at } = signals
  const times = new Map<string, LocalTime>()
  return {
    users: setOf(signals.user?.map(fold)),
    groups: setOf(signals.groups?.map(fold)),
    roles: setOf(signals.roles?.map(fold)),
    ...targetOf(signals),
    clientAppTypes: single(signals.clientAppType),
    platforms: single(signals.platform),
    signInRisks: single(signals.signInRisk),
    userRisks: single(signals.userRisk),
    riskBecause: signals.riskBecause,
    flows: single(signals.authenticationFlow),
    whereabouts: signals.whereabouts,
    localTime: (zone, clock) => {
      if (at === undefined) return undefined
      const known = times.get(zone)
      if (known) return known
      const time = clock(at)
      times.set(zone, time)
      return time
    },
  }
}

type Target = Pick<Facts, 'apps' | 'userActions' | 'authenticationContexts'>

/** An action takes the place of an app, and only an app asks for contexts. */
function targetOf({ app, userAction, authenticationContexts }: Signals): Target {
  if (userAction !== undefined) {
    return { apps: none, userActions: single(userAction), authenticationContexts: none }
  }
  if (app === undefined) {
    return { apps: undefined, userActions: undefined, authenticationContexts: undefined }
  }
  return {
    apps: single(app),
    userActions: none,
    authenticationContexts: setOf(authenticationContexts),
  }
}

/** Directories compare names of people and groups without regard to case. */
export function fold(name: string): string {
  return name.toLowerCase()
}

const none: ReadonlySet<string> = new Set()

function setOf(values: readonly string[] | undefined): Values {
  return values && new Set(values)
}

function single(value: string | undefined): Values {
  return value === undefined ? undefined : new Set([value])
}
