import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { asFault, Fault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { NewPasswordSettings } from '../settings.ts'
import { bannedTerms } from './banned.ts'
import type { BreachCheck } from './breach.ts'
import { breachFile } from './breach-file.ts'
import { breachRange } from './breach-range.ts'
import { commonTerms } from './common-terms.ts'
import { namesOfOrganization } from './names.ts'
import { createNewPasswordRules, type NewPasswordRules } from './passwords.ts'

const mostTerms = 1000
const shortestTerm = 4
const longestTerm = 16

/**
 * The rules that the settings ask for.
 * @param parts.organization its name; each word of it is a name that no password may have in it
 * @throws Fault `settings` if the file of banned terms cannot be read or has none, too many or odd ones
 */
export async function openNewPasswordRules(
  settings: Omit<NewPasswordSettings, 'noticeDays'>,
  { folder, organization, log }: { folder: string; organization: string; log: Logger },
): Promise<NewPasswordRules> {
  const { bannedTermsFile, names, breachedFile, breachedRange } = settings
  const own = bannedTermsFile === undefined ? [] : await readTerms(resolve(folder, bannedTermsFile))
  const checks: BreachCheck[] = []
  if (breachedFile !== undefined) checks.push(breachFile(resolve(folder, breachedFile)))
  if (breachedRange !== undefined) checks.push(breachRange(breachedRange))
  return createNewPasswordRules({
    terms: bannedTerms([...commonTerms, ...own]),
    names: [...names, ...namesOfOrganization(organization)],
    ...(checks.length > 0 && { isBreached: anyOf(checks, log) }),
  })
}

/** @throws Fault `settings` */
async function readTerms(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Fault('settings', `bannedTermsFile: cannot be read: ${file}`, { cause })
  })
  const terms = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (terms.length > mostTerms) {
    throw new Fault('settings', `bannedTermsFile: has more than ${mostTerms} lines: ${file}`)
  }
  const odd = terms.findIndex(({ length }) => length < shortestTerm || length > longestTerm)
  if (odd < 0) return terms
  const range = `${shortestTerm} to ${longestTerm} letters`
  throw new Fault('settings', `bannedTermsFile: line ${odd + 1} has not ${range}: ${file}`)
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
