import { type FileUser, outcomeOfState, usersFile } from '../../agent/backends/file-users.ts'
import { outcomeText } from '../../shared/outcome.ts'
import { readSettings } from '../../shared/settings.ts'

/** Somebody of local mode's users file, with the password and what comes of using it. */
export interface LocalPerson {
  readonly username: string
  readonly password: string
  /** The outcome's name: `ok`, `passwordExpired`, `unavailable/directoryDown`. */
  readonly outcome: string
  /** The same in words. */
  readonly note: string
  /** What the log and the help desk call it. */
  readonly code: string
}

/** Those whose password the file tells. */
export async function readPeople(file: string): Promise<readonly LocalPerson[]> {
  const { users } = await readSettings(file, usersFile)
  return users.flatMap((user) => {
    const password = user.developmentPassword
    return password === undefined ? [] : [{ ...person(user), password }]
  })
}

function person({ username, state }: FileUser): Omit<LocalPerson, 'password'> {
  // The realm is the default one, so the short name does, and is quicker to type.
  const [shortName = username] = username.split('@')
  if (state === undefined) {
    return { username: shortName, outcome: 'ok', note: 'works', code: outcomeText(ok).code }
  }
  const { code } = outcomeText(outcomeOfState(state))
  return { username: shortName, outcome: state, note: inWords(state), code }
}

const ok = { name: 'ok', account: { id: '', claims: {} } } as const

/** `unavailable/directoryDown` as `directory down` */
function inWords(state: string): string {
  const name = state.split('/').at(-1) ?? state
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
