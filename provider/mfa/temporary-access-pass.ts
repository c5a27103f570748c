import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../shared/clock.ts'
import type { Answer, Enrolment, Factor, FactorProof, Refused, RegisteredFactor } from './factor.ts'
import { hashCode, newCode, newSalt, readCode } from './typed-code.ts'

/**
 * A temporary access pass: a code from an admin for somebody who has no factor yet, or none any
 * more; good for a time, once or as often as needed. To enrol, the admin's form has `lifetime` in
 * minutes and `uses`, `once` or `several`. To prove, the form has the pass as `code`.
 */
export function createTemporaryAccessPass({ clock }: { readonly clock: Clock }): Factor {
  return {
    method: 'temporaryAccessPass',
    challenge: async () => ({ shown: {}, expected: '' }),
    enrol: (answer) => enrol(clock, answer),
    verify: (answer) => verify(clock, answer),
  }
}

/** Minutes: from 10 to those of 30 days; an hour unless said otherwise. */
export const passLifetime: { readonly min: number; readonly max: number; readonly usual: number } =
  {
    min: 10,
    max: 30 * 24 * 60,
    usual: 60,
  }

const minute = 60_000

interface PassData {
  readonly salt: string
  readonly hash: string
  /** Milliseconds since the epoch. */
  readonly ends: number
  readonly isOnce: boolean
}

async function enrol(clock: Clock, { form }: Answer): Promise<{ enrolled: Enrolment } | Refused> {
  const minutes = Number(/^[0-9]{1,5}$/.exec(form.get('lifetime') ?? '')?.[0])
  const uses = form.get('uses')
  const isInRange = minutes >= passLifetime.min && minutes <= passLifetime.max
  if (!isInRange || (uses !== 'once' && uses !== 'several')) return { refused: 'malformed' }
  const salt = newSalt(clock)
  const pass = newCode(clock)
  const hash = await hashCode(readCode(pass) ?? pass, salt)
  const ends = clock.now() + minutes * minute
  const data: PassData = { salt, hash, ends, isOnce: uses === 'once' }
  const name = 'Temporary access pass'
  return { enrolled: { name, data: { ...data }, amr: [], shownOnce: [pass] } }
}

async function verify(
  clock: Clock,
  { form, registered }: Answer,
): Promise<{ proof: FactorProof } | Refused> {
  const code = readCode(form.get('code'))
  if (code === undefined) return { refused: 'malformed' }
  const [factor] = registered
  if (factor === undefined) return { refused: 'wrong' }
  const { salt, hash, ends, isOnce } = passData(factor)
  const given = await hashCode(code, salt)
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(hash))) return { refused: 'wrong' }
  const left = ends - clock.now()
  if (left <= 0) return { refused: 'expired' }
  if (!isOnce) return { proof: { factor, amr: ['pwd'] } }
  return { proof: { factor, amr: ['otp'], once: { name: `pass:${factor.id}`, remember: left } } }
}

function passData({ data }: RegisteredFactor): PassData {
  return data as unknown as PassData
}
