import type { Begun } from '../../mfa/second-factors.ts'
import { fullNameIn } from '../../passwords/names.ts'
import type { OrganizationSettings } from '../../settings.ts'
import type { Attempt } from '../attempt.ts'
import { changedElsewhere } from '../messages.ts'
import { type ExpiresSoonPage, expiresSoonPage } from '../pages/expires-soon.ts'
import { newPasswordPage } from '../pages/new-password.ts'
import { passwordPage } from '../pages/password.ts'
import { usernamePage } from '../pages/username.ts'
import type { SigninRealm } from '../realm.ts'
import type { SamplePerson } from '../sample-person.ts'
import type { Drawings } from '../show.ts'
import { isUsername } from './username-step.ts'

/** The pages of whoever signs in with a password. */
export function passwordDrawings({
  people,
  realms,
  organization,
  beginPasskey,
}: {
  readonly people: readonly SamplePerson[]
  readonly realms: readonly SigninRealm[]
  readonly organization: OrganizationSettings
  readonly beginPasskey: () => Promise<Begun | undefined>
}): Drawings<'username' | 'password' | 'passwordAgain' | 'newPassword' | 'expiresSoon'> {
  return {
    username: async (_step, { common, interaction, attempt }) => {
      const username = attempt.username ?? usableHint(interaction.loginHint)
      const passkey = await beginPasskey()
      return usernamePage({ ...common, username, people, ...(passkey && { passkey }) })
    },
    password: ({ username }, { common }) => {
      const known = people.find((person) => person.username === username)
      return passwordPage({ ...common, ...(known && { password: known.password }), username })
    },
    passwordAgain: ({ username }, { common }) =>
      passwordPage({ ...common, username, isAgain: true }),
    newPassword: ({ username, because }, { common, attempt }) => {
      const fullName = fullNameIn(attempt.accepted?.account.claims ?? {})
      const about = { username, fullName, organization: organization.name }
      return newPasswordPage({ ...common, ...about, because })
    },
    expiresSoon: ({ days }, { common, attempt }) =>
      expiresSoonPage({ ...common, days, ...leftIn(attempt, realms) }),
  }
}

/** What can still be done with a password that expires, or has expired. */
function leftIn(
  { accepted, realm }: Attempt,
  realms: readonly SigninRealm[],
): Pick<ExpiresSoonPage, 'signInsLeft' | 'elsewhere'> {
  const { signInsLeft } = accepted?.account ?? {}
  const own = realms.find(({ name }) => name === realm)
  return {
    ...(signInsLeft !== undefined && { signInsLeft }),
    ...(own?.changePasswords !== true && { elsewhere: changedElsewhere(own?.passwordHelp) }),
  }
}

// The app, or whoever made up the link, may write anything there.
function usableHint(hint: string | undefined): string {
  return hint !== undefined && isUsername(hint) ? hint : ''
}
