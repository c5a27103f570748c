import type { FactorMethod, FactorPerson } from './factor.ts'

/** What is to be known of a challenge when its answer comes. */
export interface KeptChallenge {
  readonly purpose: 'enrol' | 'verify'
  readonly method: FactorMethod
  /** Left out if it was begun for nobody in particular. */
  readonly person?: FactorPerson
  readonly expected: string
}
