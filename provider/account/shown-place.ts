import type { AccountParts } from './account-parts.ts'

const countries = new Intl.DisplayNames('en', { type: 'region' })

/** Where an address is, for people: the country if it is known, and the address. */
export function shownPlace(
  { access }: Pick<AccountParts, 'access'>,
  address: string | undefined,
): string | undefined {
  if (address === undefined) return undefined
  const { country } = access.policies.placeOf(address)
  const name = country === undefined ? undefined : countries.of(country)
  return name === undefined ? address : `${name} (${address})`
}
