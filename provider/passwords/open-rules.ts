import { resolve } from 'node:path'
import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { NewPasswordSettings } from '../settings.ts'
import { bannedTerms } from './banned.ts'
import type { BreachCheck } from './breach.ts'
import { breachFile, checkBreachFile } from './breach-file.ts'
import { breachRange } from './breach-range.ts'
import { commonTerms } from './common-terms.ts'
import { namesOfOrganization } from './names.ts'
import { readOwnTerms } from './own-terms.ts'
import { createNewPasswordRules, type NewPasswordRules } from './passwords.ts'

/**
 * The rules that the settings ask for.
 * @param parts.organization its name; each word of it is a name that no password may have in it
 * @throws Fault `settings` if the file of banned terms cannot be read or has too many or odd ones, or
 *   that of breached passwords cannot be searched
 */
export async function openNewPasswordRules(
  settings: Omit<NewPasswordSettings, 'noticeDays'>,
  { folder, organization, log }: { folder: string; organization: string; log: Logger },
): Promise<NewPasswordRules> {
  const { bannedTermsFile, names, breachedFile, breachedRange } = settings
  const at = (name: string) => resolve(folder, name)
  const own = bannedTermsFile === undefined ? [] : await readOwnTerms(at(bannedTermsFile))
  const checks: BreachCheck[] = []
  if (breachedFile !== undefined) {
    await checkBreachFile(at(breachedFile))
    checks.push(breachFile(at(breachedFile)))
  }
  if (breachedRange !== undefined) checks.push(breachRange(breachedRange))
  return createNewPasswordRules({
    terms: bannedTerms([...commonTerms, ...own]),
    names: [...names, ...namesOfOrganization(organization)],
    ...(checks.length > 0 && { isBreached: anyOf(checks, log) }),
  })
}

// A list that is out of reach must not keep somebody from changing an expired password.
function anyOf(checks: readonly BreachCheck[], log: Logger): BreachCheck {
  const orNo = async (check: BreachCheck, password: string) => {
    try {
      return await check(password)
    } catch (error) {
      log.warn({ detail: asFault(error).message }, 'the list of breached passwords is out of reach')
      return false
    }
  }
  return async (password) => {
    const found = await Promise.all(checks.map((check) => orNo(check, password)))
    return found.includes(true)
  }
}
