import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import type { Answer, Enrolment, Factor, FactorProof, Refused, RegisteredFactor } from './factor.ts'
import { hashCode, newCode, newSalt, readCode } from './typed-code.ts'

/**
 * Recovery codes: ten on a sheet of paper, each good once, for somebody whose other factors are
 * lost. To enrol, the form needs no field; what was enrolled shows the codes once. A new set
 * replaces the old one. To prove, the form has the code as `code`.
 */
export function createRecoveryCodes({ clock }: { readonly clock: Clock }): Factor {
  return {
    method: 'recoveryCode',
    challenge: async () => ({ shown: {}, expected: '' }),
    enrol: async () => ({ enrolled: await newSet(clock) }),
    verify,
  }
}

const inSet = 10
// Milliseconds: as long as they are kept.
const forGood = 10 * 365 * 86_400_000

interface RecoveryData {
  readonly salt: string
  /** Of those that have not been used. */
  readonly hashes: readonly string[]
  readonly left: number
}

async function newSet(clock: Clock): Promise<Enrolment> {
  const salt = newSalt(clock)
  const codes = Array.from({ length: inSet }, () => newCode(clock))
  const hashes = await Promise.all(codes.map((code) => hashCode(readCode(code) ?? code, salt)))
  return { name: 'Recovery codes', data: { ...dataOf(salt, hashes) }, amr: [], shownOnce: codes }
}

async function verify({ form, registered }: Answer): Promise<{ proof: FactorProof } | Refused> {
  const code = readCode(form.get('code'))
  if (code === undefined) return { refused: 'malformed' }
  const [factor] = registered
  if (factor === undefined) return { refused: 'wrong' }
  const { salt, hashes } = recoveryData(factor)
  const hash = await hashCode(code, salt)
  if (!hashes.some((each) => isSame(each, hash))) return { refused: 'wrong' }
  const rest = hashes.filter((each) => each !== hash)
  // Of two codes used at one moment, one may stay in the data: that it is used is known by `once`.
  const once = { name: `recovery:${factor.id}:${hash}`, remember: forGood }
  return { proof: { factor, amr: ['otp'], data: { ...dataOf(salt, rest) }, once } }
}

function dataOf(salt: string, hashes: readonly string[]): RecoveryData {
  return { salt, hashes, left: hashes.length }
}

function recoveryData({ data }: RegisteredFactor): RecoveryData {
  return data as unknown as RecoveryData
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
