import { outcomeText } from '../../../shared/outcome.ts'
import { breakGlassRealm } from '../../break-glass/realm.ts'
import type {
  AppPassword,
  AppSignIn,
  CheckAppPassword,
  CheckedAppPassword,
} from '../../oidc/password-grant/app-password.ts'
import type { RealmNames } from '../../settings.ts'
import type { Problem } from '../problem.ts'
import { type PasswordStep, refusalFloor } from './password-step.ts'
import { usernameStep } from './username-step.ts'

export interface PasswordForAppsParts {
  readonly checkPassword: PasswordStep
  readonly realms: readonly RealmNames[]
  /** Resolves after so many milliseconds. */
  readonly delay: (milliseconds: number) => Promise<unknown>
}

/** The password step for apps that take passwords themselves, where there is no page to say why not. */
export function passwordForApps(parts: PasswordForAppsParts): CheckAppPassword {
  return async (typed, admit) => {
    // Also for those whose password is right and whom a policy keeps out, or whose name no directory
    // has: the app, or who guesses through it, is to see one and the same.
    const floor = parts.delay(refusalFloor)
    const checked = await check(parts, typed, admit)
    if (checked.state !== 'in') await floor
    return checked
  }
}

async function check(
  { checkPassword, realms }: PasswordForAppsParts,
  { username: typed, ...asked }: AppPassword,
  admit: (signedIn: AppSignIn) => Promise<string | undefined>,
): Promise<CheckedAppPassword> {
  const { username, realm } = usernameStep(typed, realms)
  if (username === undefined || realm === undefined) {
    return { state: 'refused', detail: 'no realm takes such a user name' }
  }
  if (realm === breakGlassRealm) {
    // No policy applies to them, so nothing could keep them out; and they are for pages alone.
    return { state: 'refused', detail: 'no account for emergencies comes in through an app' }
  }
  // Nothing is sent twice here as a form is, so each request is a try of its own.
  const result = await checkPassword({ ...asked, uid: asked.reference, username, realm })
  if (result.accountId === undefined) return refused(result.problem)
  const signedIn = { ...result, account: { ...result.account, signedInAs: username } }
  const detail = await admit(signedIn)
  return detail === undefined ? { state: 'in', signedIn } : { state: 'refused', detail }
}

function refused(problem: Problem): CheckedAppPassword {
  if (!('outcome' in problem)) return { state: 'refused', detail: 'not asked' }
  const { outcome } = problem
  const { code, publicText } = outcomeText(outcome)
  const detail = `${code} ${outcome.name}`
  if (outcome.name !== 'unavailable') return { state: 'refused', detail }
  return { state: 'unavailable', text: publicText, detail }
}
