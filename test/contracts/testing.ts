import { type CustomBackend, createModuleBackend } from '../../agent/backends/module.ts'
import { systemClock } from '../../shared/clock.ts'
import { createLog } from '../../shared/log.ts'

/**
 * What `postern/testing` is: the suites that every backend of ours passes, for those who write one
 * of their own. They run in mocha, or whatever else has `describe`, `it`, `before` and `after`.
 */
export type {
  AccountLookup,
  BackendAnswer,
  Credentials,
  PasswordBackend,
  PasswordChange,
  PasswordChanger,
  SoughtAccount,
} from '../../agent/backends/backend.ts'
export type { CreateBackend, CustomBackend } from '../../agent/backends/module.ts'
export { accountLookupContract, asLookup, type LookupUnderTest } from './account-lookup.ts'
export { type BackendUnderTest, passwordBackendContract } from './password-backend.ts'
export { asChanger, type ChangerUnderTest, passwordChangerContract } from './password-changer.ts'

/**
 * Loads a backend as an agent does that has it in its settings.
 * @param module file of the module
 * @param folder what the module finds its files beside, and `module` is relative to
 * @throws Fault `settings` if it is none
 */
export function openModule(
  module: string,
  { folder, options = {} }: { folder: string; options?: Readonly<Record<string, unknown>> },
): Promise<CustomBackend> {
  const log = createLog({ level: 'silent', process: 'testing' })
  return createModuleBackend(
    { type: 'module', module, options },
    { log, clock: systemClock, folder },
  )
}
