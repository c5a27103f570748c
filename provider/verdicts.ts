import { resolve } from 'node:path'
import {
  type AgentSide,
  type AgentSideParts,
  type AgentSideStores,
  openAgentSide,
} from './agent-side.ts'
import { openBreakGlassAccounts } from './break-glass/accounts.ts'
import { createBreakGlass } from './break-glass/break-glass.ts'
import { breakGlassRealm } from './break-glass/realm.ts'
import { type VerdictSource, verdictsByRealm } from './broker/verdict-source.ts'
import type { LookUp } from './oidc/accounts/account-checks.ts'
import type { ProviderSettings, RealmSettings } from './settings.ts'

/** Who is asked about people: agents, but for the accounts for emergencies. */
export interface Verdicts {
  readonly agents: AgentSide
  readonly source: VerdictSource
  readonly lookUp: LookUp
  /** Those of the settings, and that of emergencies if it has accounts. */
  readonly realms: readonly SignInRealm[]
  /** Whether there is an account for emergencies, at this moment. */
  readonly hasBreakGlass: () => boolean
}

type SignInRealm = Omit<RealmSettings, 'secondOpinion' | 'secondOpinionGroups' | 'canaries'>

/** @throws SettingsFault with every problem of the file of accounts; whatever `openAgentSide` does */
export async function openVerdicts(
  settings: ProviderSettings,
  parts: AgentSideParts,
  stores: Omit<AgentSideStores, 'hasBreakGlass'>,
): Promise<Verdicts> {
  const { breakGlass, realms } = settings
  const { folder, log } = parts
  const file = breakGlass && resolve(folder, breakGlass.accountsFile)
  const accounts = file === undefined ? undefined : await openBreakGlassAccounts(file, log)
  const hasBreakGlass = () => (accounts?.count() ?? 0) > 0
  const agents = await openAgentSide(settings, parts, { ...stores, hasBreakGlass })
  const { broker, alerts } = agents
  const askAgents: LookUp = async (sought) => (await broker.lookUp(sought)).outcome
  const byAgents: VerdictSource = {
    verify: (asked) => broker.verify(asked),
    admit: (asked) => broker.lookUp(asked),
  }
  if (accounts === undefined) {
    return { agents, hasBreakGlass, source: byAgents, lookUp: askAgents, realms }
  }
  const emergency = createBreakGlass({ ...parts, accounts, alerts })
  return {
    agents,
    hasBreakGlass,
    source: verdictsByRealm(new Map([[breakGlassRealm, emergency]]), byAgents),
    lookUp: (sought) =>
      sought.realm === breakGlassRealm ? emergency.lookUp(sought) : askAgents(sought),
    realms: [...realms, emergencyRealm],
  }
}

const emergencyRealm: SignInRealm = {
  name: breakGlassRealm,
  suffixes: [breakGlassRealm],
  default: false,
  changePasswords: false,
}
