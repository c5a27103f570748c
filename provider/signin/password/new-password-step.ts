import type { Form } from '../../http/form.ts'
import { namesOfPerson } from '../../passwords/names.ts'
import type { NewPasswordRules } from '../../passwords/passwords.ts'
import type { InputProblem } from '../problem.ts'

/** What a person has typed to change their password. */
export interface TypedPasswords {
  readonly password: string
  readonly newPassword: string
}

/** Characters; what a question to an agent can hold. */
const longest = 1024

/**
 * What stands in the form for a new password, or what is wrong with it. All that can be said without
 * asking the directory is said first: a try there counts.
 */
export async function newPasswordStep(
  form: Form,
  { username, fullName, rules }: { username: string; fullName?: string; rules: NewPasswordRules },
): Promise<TypedPasswords | { readonly problem: InputProblem }> {
  const password = form.get('password') ?? ''
  const newPassword = form.get('new-password') ?? ''
  if (password === '') return { problem: 'noPassword' }
  if (newPassword === '') return { problem: 'noNewPassword' }
  if (form.get('new-password-again') !== newPassword) return { problem: 'newPasswordsDiffer' }
  if (newPassword === password) return { problem: 'samePassword' }
  if (newPassword.length > longest) return { problem: 'newPasswordTooLong' }
  const refused = await rules.refuse(newPassword, namesOfPerson(username, fullName))
  return refused === undefined ? { password, newPassword } : { problem: refused }
}
