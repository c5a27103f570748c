import { openRiskModule } from './module.ts'
import type { RiskPlace } from './place.ts'
import { createRisk, type Risk, type RiskParts } from './risk.ts'
import type { RiskSettings } from './settings.ts'

/** The measure of risk, with the module that settings name. */
export interface OpenedRisk {
  readonly risk: Risk
  stop(): Promise<void>
}

export interface OpenRiskParts extends Pick<RiskParts, 'store' | 'clock' | 'log'> {
  /** What a relative `module` is relative to. */
  readonly folder: string
  readonly policies: {
    asksForRisk(): boolean
    placeOf(address: string): RiskPlace
  }
}

/** @throws Fault `settings` if the module cannot be used */
export async function openRisk(
  settings: RiskSettings | undefined,
  { store, clock, log, folder, policies }: OpenRiskParts,
): Promise<OpenedRisk> {
  const module = settings && (await openRiskModule(settings, { log, clock, folder }))
  const risk = createRisk({
    store,
    clock,
    log,
    isAsked: () => policies.asksForRisk(),
    placeOf: (address) => policies.placeOf(address),
    ...(module && { module }),
  })
  return { risk, stop: async () => module?.stop() }
}
