/**
 * What counts as unusual, and how much. This table is all there is: `docs/reference/risk.md` is made from it.
 *
 * Of several rows about one fact the one with the most points counts. Points of all facts are added.
 */
export interface RiskRule {
  readonly fact: FactName
  /** `signIn`: how unusual this sign-in is. `user`: how likely somebody else has the password. */
  readonly about: 'signIn' | 'user'
  /** How many there must be. */
  readonly from: number
  readonly points: number
  /** For admins. */
  readonly text: string
}

export type FactName =
  | 'firstSignIn'
  | 'unknownDevice'
  | 'newCountry'
  | 'impossibleTravel'
  | 'addressFailures'
  | 'failuresBefore'
  | 'lockoutsToday'
  | 'lockouts'
  | 'failuresInAnHour'
  | 'unusualSignIns'
  | 'veryUnusualSignIns'
  | 'disownedSignIns'

export const riskRules: readonly RiskRule[] = [
  // Little, since on the first day that is everybody; but not nothing, beside other facts.
  rule('signIn', 'firstSignIn', [[1, 10, 'nothing is known of this person yet']]),
  rule('signIn', 'unknownDevice', [[1, 25, 'a browser that they have not used before']]),
  rule('signIn', 'newCountry', [[1, 30, 'a country that they have not signed in from before']]),
  rule('signIn', 'impossibleTravel', [
    [1, 50, 'over 500 km from their last sign-in, faster than 900 km/h'],
  ]),
  rule('signIn', 'addressFailures', [
    [10, 25, 'at least 10 refused passwords from this address within an hour'],
    [50, 50, 'at least 50 refused passwords from this address within an hour'],
  ]),
  rule('signIn', 'failuresBefore', [
    [5, 20, 'at least 5 wrong passwords for this person within the hour before'],
    [20, 45, 'at least 20 wrong passwords for this person within the hour before'],
  ]),
  rule('signIn', 'lockoutsToday', [[1, 25, 'the account was locked within a day']]),
  rule('user', 'lockouts', [
    [1, 25, 'the account was locked within a week'],
    [3, 45, 'the account was locked at least 3 times within a week'],
  ]),
  rule('user', 'failuresInAnHour', [
    [20, 25, 'at least 20 wrong passwords in one hour of the last week'],
  ]),
  rule('user', 'unusualSignIns', [
    [1, 25, 'the right password in a sign-in of medium risk within a week'],
  ]),
  rule('user', 'veryUnusualSignIns', [
    [1, 50, 'the right password in a sign-in of high risk within a week'],
  ]),
  rule('user', 'disownedSignIns', [
    [1, 75, 'they said of a sign-in that it was not theirs, within a week'],
  ]),
].flat()

/** Points from which a risk has this level; below the first it is `none`. */
export const levelPoints: readonly { readonly level: RiskLevel; readonly from: number }[] = [
  { level: 'low', from: 20 },
  { level: 'medium', from: 45 },
  { level: 'high', from: 75 },
]

export type RiskLevel = 'none' | 'low' | 'medium' | 'high'

function rule(
  about: RiskRule['about'],
  fact: FactName,
  tiers: readonly (readonly [from: number, points: number, text: string])[],
): RiskRule[] {
  return tiers.map(([from, points, text]) => ({ fact, about, from, points, text }))
}
