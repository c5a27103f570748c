import type { SignInRecord } from '../../signin-log/sign-in-record.ts'

/** PURE. What a sign-in came to, for the person whose account it was. */
export function signInText(record: SignInRecord): {
  readonly title: string
  readonly isRefused: boolean
} {
  if (record.kind === 'check') return checkText(record.outcome, record.change === true)
  if (!record.isLetIn)
    return { title: 'Not let in by a rule of your organization', isRefused: true }
  return { title: record.isFresh ? 'Signed in' : 'Went on to an app', isRefused: false }
}

function checkText(outcome: string, isChange: boolean) {
  if (outcome === 'ok') {
    // It came no further: a second factor was asked for and not shown, say.
    const title = isChange ? 'Password changed' : 'Right password, and not signed in'
    return { title, isRefused: !isChange }
  }
  const title = refusals.get(outcome) ?? 'Not signed in'
  return { title, isRefused: true }
}

const refusals: ReadonlyMap<string, string> = new Map([
  ['wrongPassword', 'Wrong password'],
  ['wrongOldPassword', 'Wrong password'],
  ['accountLocked', 'Tried while the account was locked'],
  ['passwordExpired', 'Right password, which had expired'],
  ['mustChangePassword', 'Right password, which had to be changed'],
])
