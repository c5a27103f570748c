import type { CrossCheck } from '../../shared/settings/cross-check.ts'
import type { Policy } from './policy.ts'

/**
 * What a policy may say and nothing acts upon yet. One that is enabled would seem to protect and
 * would not, so it is refused as a whole; as report-only it can be written and watched.
 */
export const notActingYet: readonly CrossCheck<Policy>[] = [
  {
    of: ['state', 'grantControls'],
    problems: ({ state, grantControls }) => {
      if (state !== 'enabled') return []
      return (grantControls?.builtInControls ?? []).flatMap((control, at) => {
        if (control !== 'secondOpinion') return []
        const message = `is not acted upon yet, so the policy cannot be enabled: ${instead}`
        return [{ path: ['grantControls', 'builtInControls', at], message }]
      })
    },
  },
  {
    of: ['state', 'sessionControls'],
    problems: ({ state, sessionControls }) => {
      const type = sessionControls?.signInFrequency?.authenticationType
      if (state !== 'enabled' || type !== 'secondaryAuthentication') return []
      const message =
        'secondaryAuthentication is not acted upon yet, since there are no second factors: the policy cannot be enabled'
      return [{ path: ['sessionControls', 'signInFrequency', 'authenticationType'], message }]
    },
  },
]

const instead = '`secondOpinion` or `secondOpinionGroups` of a realm in provider.yaml do the same'
