import type { FactorMethod, RegisteredFactor } from './factor.ts'

type Limit = { readonly most: number; readonly stays: 'oldest' | 'newest' }

const limits: Readonly<Record<FactorMethod, Limit>> = {
  passkey: { most: 20, stays: 'oldest' },
  totp: { most: 5, stays: 'oldest' },
  temporaryAccessPass: { most: 1, stays: 'newest' },
  recoveryCode: { most: 1, stays: 'newest' },
}

/** PURE. Whether a new one of the method takes the place of those before it. */
export function replaces(method: FactorMethod): boolean {
  return limits[method].stays === 'newest'
}

/** PURE. Whether one more of the method would be refused. */
export function isFull(factors: readonly RegisteredFactor[], method: FactorMethod): boolean {
  return !replaces(method) && ofMethod(factors, method).length >= limits[method].most
}

/** PURE. Of all that are kept, oldest first, those that count. */
export function withinLimits(all: readonly RegisteredFactor[]): RegisteredFactor[] {
  return all.filter((factor) => {
    const { most, stays } = limits[factor.method]
    const same = ofMethod(all, factor.method)
    return (stays === 'oldest' ? same.slice(0, most) : same.slice(-most)).includes(factor)
  })
}

function ofMethod(all: readonly RegisteredFactor[], method: FactorMethod): RegisteredFactor[] {
  return all.filter((each) => each.method === method)
}
