import { basename, dirname } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import { followFolder } from '../../shared/settings/follow-folder.ts'
import { SettingsFault } from '../../shared/settings/problem.ts'
import type { Control, Decision } from './decision.ts'
import { evaluate } from './evaluate.ts'
import type { AddressPlace } from './locate.ts'
import { type Person, type PersonRealm, personSignals } from './person.ts'
import {
  locationsName,
  type PolicyContext,
  type PolicyFolder,
  readPolicyFolder,
} from './policy-folder.ts'
import { type PreparedPolicies, preparePolicies } from './prepare.ts'
import type { Signals, Whereabouts } from './signals.ts'

/**
 * The policies that act: those of a folder, followed while the provider runs, and asked whenever
 * somebody is about to be given something.
 */
export interface ConditionalAccess {
  /** Then nothing has to be remembered for policies, or looked up. */
  isEmpty(): boolean
  /** Authentication contexts that policies are about: what apps can ask for by `acr`. */
  contexts(): ReadonlySet<string>
  /** Whether one of them has a condition on risk, which then has to be measured. */
  asksForRisk(): boolean
  /** Where an address is, as far as the file of countries and the named locations tell. */
  placeOf(address: string): TrustedPlace
  /**
   * What enabled policies could ask of this person, somewhere and at some time: of all but who they
   * are nothing is taken as known.
   */
  couldAsk(person: Person): readonly Control[]
  /** `undefined` if there are no policies. */
  decide(attempt: AccessAttempt): Decision | undefined
  stop(): Promise<void>
}

/** Where an address is, and whether in a trusted location, as far as that can be told. */
export type TrustedPlace = AddressPlace & Pick<Whereabouts, 'trusted'>

/** Facts of one moment; what is left out is unknown. */
export interface AccessAttempt
  extends Pick<
    Signals,
    | 'app'
    | 'userAction'
    | 'authenticationContexts'
    | 'clientAppType'
    | 'platform'
    | 'authenticationFlow'
    | 'signInRisk'
    | 'userRisk'
    | 'riskBecause'
  > {
  readonly person: Person
  /** IP address that the person comes from. */
  readonly address?: string
}

export const noPolicies: ConditionalAccess = {
  isEmpty: () => true,
  contexts: () => new Set(),
  asksForRisk: () => false,
  placeOf: () => ({}),
  couldAsk: () => [],
  decide: () => undefined,
  stop: async () => {},
}

export interface ConditionalAccessParts {
  readonly realms: readonly PersonRealm[]
  /** Names of the terms that policies may ask for. */
  readonly terms: readonly string[]
  /** Names of strengths of authentication in the settings. */
  readonly strengths: readonly string[]
  /** Whether there is a break-glass account, at this moment. */
  readonly hasBreakGlass: () => boolean
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Reads a folder and the locations beside it, and from then on again whenever one of them changes.
 * A set counts as a whole, and only if nothing in it is wrong; until then the last good one does.
 * @throws SettingsFault with the problems of all files, if there are any at the start
 */
export async function openConditionalAccess(
  directory: string,
  parts: ConditionalAccessParts,
): Promise<ConditionalAccess> {
  const { realms, clock, log } = parts
  const stopped = new AbortController()
  const read = () => readPolicyFolder(directory, contextOf(parts))
  let acting = prepare(sound(await read()))
  let reading: Promise<void> = Promise.resolve()
  warn(acting.folder, log)

  async function readAgain(): Promise<void> {
    const folder = await read()
    if (folder.problems.length > 0) return complain(folder, log)
    acting = prepare(folder)
    log.info(summary(acting), 'policies read again')
    warn(folder, log)
  }

  // One after the other, or an older look at the folder could win.
  function reload(): Promise<void> {
    reading = reading
      .then(readAgain)
      .catch((err: unknown) => log.error({ directory, err }, 'policies not read'))
    return reading
  }
  const follow = (folder: string, concerns?: (name: string) => boolean): Promise<void> =>
    followFolder(folder, stopped.signal, reload, concerns).catch((err: unknown) =>
      log.error({ directory: folder, err }, 'changes of policies are not seen until a restart'),
    )
  // Also the folder itself, to see at once that another has been put in its place; and `..data`, the
  // link by which Kubernetes changes all files of a ConfigMap.
  const beside = [locationsName, basename(directory), '..data']
  const isBeside = (name: string): boolean => beside.includes(name)
  const watching = Promise.all([follow(directory), follow(dirname(directory), isBeside)])
  log.info(summary(acting), 'policies act')
  // For what has changed since the first look.
  void reload()

  return {
    isEmpty: () => acting.prepared.policies.length === 0,
    contexts: () => acting.contexts,
    asksForRisk: () => acting.asksForRisk,
    placeOf: (address) => placeIn(acting.folder, address),
    couldAsk: (person) => controlsIn(evaluate(personSignals(person, realms), acting.prepared)),
    decide: ({ person, address, ...facts }) => {
      const { prepared, folder } = acting
      if (prepared.policies.length === 0) return undefined
      const who = { ...personSignals(person, realms), whereabouts: whereIn(folder, address) }
      return evaluate({ ...facts, ...who, at: clock.now() }, prepared)
    },
    stop: async () => {
      stopped.abort()
      await watching
      await reading
    },
  }
}

function contextOf(parts: ConditionalAccessParts): PolicyContext {
  const { terms, strengths, hasBreakGlass, clock } = parts
  return { terms, strengths, hasBreakGlass: hasBreakGlass(), now: clock.now() }
}

interface Acting {
  readonly folder: PolicyFolder
  readonly prepared: PreparedPolicies
  readonly contexts: ReadonlySet<string>
  readonly asksForRisk: boolean
}

function prepare(folder: PolicyFolder): Acting {
  const contexts = folder.policies
    .filter(({ state }) => state === 'enabled')
    .flatMap(
      ({ conditions }) => conditions.applications.includeAuthenticationContextClassReferences,
    )
  const asksForRisk = folder.policies.some(
    ({ state, conditions: { signInRiskLevels, userRiskLevels } }) =>
      state !== 'disabled' && (signInRiskLevels ?? userRiskLevels) !== undefined,
  )
  return {
    folder,
    prepared: preparePolicies(folder.policies),
    contexts: new Set(contexts),
    asksForRisk,
  }
}

function controlsIn({ policies }: Decision): readonly Control[] {
  const asking = policies.filter(({ state, applies }) => state === 'enabled' && applies)
  return asking.flatMap(({ demands }) =>
    demands === undefined || demands === 'block' ? [] : demands.controls,
  )
}

function whereIn({ locate }: PolicyFolder, ip: string | undefined): Whereabouts {
  return locate(ip === undefined ? {} : { ip })
}

function placeIn({ locate, placeOf }: PolicyFolder, address: string): TrustedPlace {
  const { trusted } = locate({ ip: address })
  return { ...placeOf(address), ...(trusted !== undefined && { trusted }) }
}

function sound(folder: PolicyFolder): PolicyFolder {
  if (folder.problems.length > 0) throw new SettingsFault(folder.problems)
  return folder
}

function summary({ prepared: { policies } }: Acting): object {
  const named = (isEnabled: boolean): string[] =>
    policies.filter(({ state }) => (state === 'enabled') === isEnabled).map(({ name }) => name)
  return { enabled: named(true), reportOnly: named(false) }
}

function complain({ problems }: PolicyFolder, log: Logger): void {
  for (const { message: detail, ...place } of problems) {
    log.error({ ...place, detail }, 'policies not changed: the last good ones stay')
  }
}

function warn({ warnings }: PolicyFolder, log: Logger): void {
  for (const { message: detail, ...place } of warnings) {
    log.warn({ ...place, detail }, 'policy hardly meant like this')
  }
}
