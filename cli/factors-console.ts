import { dirname } from 'node:path'
import { openSealedStore } from '../provider/data-key/sealed-store-of.ts'
import { createSecondFactors } from '../provider/mfa/create-second-factors.ts'
import type { FactorPerson } from '../provider/mfa/factor.ts'
import type { SecondFactors } from '../provider/mfa/second-factors.ts'
import { createTemporaryAccessPass } from '../provider/mfa/temporary-access-pass.ts'
import { createAccounts, realmOfSub } from '../provider/oidc/accounts/accounts.ts'
import type { ProviderSettings } from '../provider/settings.ts'
import { providerSettings } from '../provider/settings-schema.ts'
import { systemClock } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import { createLog } from '../shared/log.ts'
import { openCarriers } from '../shared/redis/carriers.ts'
import { readSettings, resolveBeside } from '../shared/settings.ts'
import { readDataKeys } from './key-file.ts'

/** What an admin's command has of one person's second factors. */
export interface FactorsConsole {
  readonly person: FactorPerson
  readonly factors: SecondFactors
}

/**
 * Opens the provider's Redis with its keys, as its settings say, for one command.
 * @param user a user name as the person types it, or a `sub`
 * @throws Fault `settings`, `storeDown`, `notFound` if nobody has signed in by that name
 */
export async function withFactors<T>(
  { config, user }: { readonly config: string; readonly user: string },
  use: (console: FactorsConsole) => Promise<T>,
): Promise<T> {
  const settings = await readSettings(config, providerSettings)
  if (settings.redis === undefined) throw new Fault('settings', `${config}: redis is missing`)
  const clock = systemClock
  const dataKeys = await readDataKeys(resolveBeside(config, settings.dataKeyFile))
  const log = createLog({ level: 'silent', process: 'factors' })
  const carrying = { clock, log, folder: dirname(config), name: 'factors' }
  await using opened = new AsyncDisposableStack()
  const carriers = await openCarriers(settings.redis, carrying)
  opened.defer(() => carriers.close())
  const store = await openSealedStore(carriers.store, dataKeys, clock)
  const accounts = createAccounts({ store, lifetimes: settings.lifetimes, clock })
  const sub = isSub(user, settings) ? user : await accounts.subOfName(user)
  if (sub === undefined) throw nobody(user)
  const username = (await accounts.find(sub))?.signedInAs ?? user
  const factors = [createTemporaryAccessPass({ clock })]
  return await use({
    person: { sub, username },
    factors: createSecondFactors({ store, clock, log, factors }),
  })
}

// A user name has no colon before its realm's name is over.
function isSub(user: string, { realms }: ProviderSettings): boolean {
  return user.includes(':') && realms.some(({ name }) => name === realmOfSub(user))
}

function nobody(user: string): Fault {
  return new Fault(
    'notFound',
    `nobody has signed in as ${user}. Give the name as the person types it; or, of somebody who ` +
      'has never signed in, REALM:ID with the id that the directory has for the account',
  )
}
