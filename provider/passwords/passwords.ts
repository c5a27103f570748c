import { type BannedTerms, whyBanned } from './banned.ts'
import type { BreachCheck } from './breach.ts'

/**
 * What a new password must be, before a directory is asked to take it. Pure rules (`banned.ts`) with
 * a built-in list (`common-terms.ts`) and the organization's own; and, if the settings name one, a
 * list of passwords that are known from breaches (`breach-file.ts`, `breach-range.ts`).
 */
export interface NewPasswordRules {
  /** @returns why it is not good enough; `undefined` if it is */
  refuse(password: string, person: PersonNames): Promise<NewPasswordRefusal | undefined>
}

export type NewPasswordRefusal = 'banned' | 'containsName' | 'breached'

/** Words that people use of themselves: user name, given and family name. */
export type PersonNames = readonly string[]

export function createNewPasswordRules(parts: {
  readonly terms: BannedTerms
  /** Of the organization; refused inside a password as the person's own names are. */
  readonly names: readonly string[]
  readonly isBreached?: BreachCheck
}): NewPasswordRules {
  const { terms, names, isBreached } = parts
  return {
    refuse: async (password, person) => {
      const refusal = whyBanned(password, { terms, names: [...names, ...person] })
      if (refusal !== undefined) return refusal
      return (await isBreached?.(password)) ? 'breached' : undefined
    },
  }
}
