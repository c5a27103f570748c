import type { PolicyContext } from '../../provider/access/policy-folder.ts'
import { readBreakGlassFile } from '../../provider/break-glass/accounts-file.ts'
import { providerSettings } from '../../provider/settings-schema.ts'
import { readSettings, resolveBeside } from '../../shared/settings.ts'

/**
 * What a provider's settings say that policies have to do with; nothing unless settings are named.
 * @throws Fault `settings` if they, or the accounts they name, are wrong
 */
export async function knownOfProvider(
  config: string | undefined,
): Promise<Omit<PolicyContext, 'now'>> {
  if (config === undefined) return {}
  const { termsOfUse, authenticationStrengths, breakGlass } = await readSettings(
    config,
    providerSettings,
  )
  const terms = termsOfUse.map(({ name }) => name)
  const strengths = authenticationStrengths.map(({ name }) => name)
  if (breakGlass === undefined) return { terms, strengths }
  const { accounts } = await readBreakGlassFile(resolveBeside(config, breakGlass.accountsFile))
  return { terms, strengths, hasBreakGlass: accounts.length > 0 }
}
