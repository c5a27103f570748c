import { generateURI, ScureBase32Plugin, verifySync } from 'otplib'
import { encodeQR } from 'qr'
import type { Clock } from '../../shared/clock.ts'
import type {
  Answer,
  Asked,
  Challenge,
  Enrolment,
  Factor,
  FactorProof,
  Once,
  Refused,
  RegisteredFactor,
} from './factor.ts'

/**
 * One-time passwords by the time (RFC 6238) from an authenticator app: SHA-1, six digits, 30
 * seconds, which is all that every app can do; one step early or late; a secret of 160 bits
 * (RFC 4226, section 4). The form has the code as `code`.
 *
 * To enrol, the page shows `picture`, an SVG element with the QR code; `typed`, the secret in
 * groups of four for whoever types it; and `uri`, for a link on a telephone.
 */
export function createTotp(parts: TotpParts): Factor {
  return {
    method: 'totp',
    challenge: async (asked) => (asked.purpose === 'enrol' ? newSecret(parts, asked) : nothing),
    enrol: async (answer) => enrol(parts, answer),
    verify: async (answer) => verify(parts, answer),
  }
}

export interface TotpParts {
  /** The organization: by it a person finds the code among others in the app. */
  readonly issuer: string
  readonly clock: Clock
}

const secretBytes = 20
const period = 30
// Seconds within which a right code says that a clock is off. Apps show no more than minutes.
const clockOffWithin = 600
// Milliseconds. A step is looked for from one early to one late.
const rememberUsed = 4 * period * 1000

const base32 = new ScureBase32Plugin()
const nothing: Challenge = { shown: {}, expected: '' }

function newSecret({ issuer, clock }: TotpParts, { person }: Asked): Challenge {
  const secret = base32.encode(clock.randomBytes(secretBytes))
  const names = { issuer: withoutColon(issuer), label: withoutColon(person?.username ?? '') }
  const uri = generateURI({ ...names, secret })
  const typed = secret.replaceAll(/.{4}(?=.)/g, '$& ')
  return { shown: { picture: encodeQR(uri, 'svg'), typed, uri }, expected: secret }
}

function enrol(parts: TotpParts, { form, expected }: Answer): { enrolled: Enrolment } | Refused {
  const code = codeIn(form)
  if (code === undefined) return { refused: 'malformed' }
  const found = stepOf(code, expected, parts)
  if (found === undefined) return { refused: 'wrong' }
  if (!found.isNow) return { refused: 'clockOff' }
  return {
    enrolled: {
      name: 'Authenticator app',
      data: { secret: expected, enrolledWith: found.step },
      amr: ['otp'],
    },
  }
}

function verify(parts: TotpParts, { form, registered }: Answer): { proof: FactorProof } | Refused {
  const code = codeIn(form)
  if (code === undefined) return { refused: 'malformed' }
  const found = registered.flatMap((factor) => {
    const match = stepOf(code, totpData(factor).secret, parts)
    return match === undefined ? [] : [{ factor, ...match }]
  })
  const match = found.find(({ isNow }) => isNow) ?? found[0]
  if (match === undefined) return { refused: 'wrong' }
  const { factor, step, isNow } = match
  const once = onceOf(factor, step, parts)
  // Whoever guesses a code of the next minutes is told so, and must not be able to wait for it.
  if (!isNow) return { refused: 'clockOff', once }
  if (totpData(factor).enrolledWith === step) return { refused: 'used' }
  return { proof: { factor, amr: ['otp'], once } }
}

interface Match {
  /** Of 30 seconds since the epoch. */
  readonly step: number
  /** Otherwise a clock is off by minutes. */
  readonly isNow: boolean
}

function stepOf(code: string, secret: string, { clock }: TotpParts): Match | undefined {
  const epoch = Math.floor(clock.now() / 1000)
  for (const epochTolerance of [period, clockOffWithin]) {
    const result = verifySync({ secret, token: code, epoch, period, epochTolerance })
    if (result.valid && 'timeStep' in result) {
      return { step: result.timeStep, isNow: epochTolerance === period }
    }
  }
  return undefined
}

function onceOf({ id }: RegisteredFactor, step: number, { clock }: TotpParts): Once {
  const until = step * period * 1000 - clock.now()
  return { name: `totp:${id}:${step}`, remember: Math.max(0, until) + rememberUsed }
}

function codeIn(form: Answer['form']): string | undefined {
  // Apps show a gap in the middle, and some copy it.
  const code = (form.get('code') ?? '').replaceAll(/\s/g, '')
  return /^[0-9]{6}$/.test(code) ? code : undefined
}

interface TotpData {
  readonly secret: string
  /** The step of the code that it was enrolled with, which has been used with that. */
  readonly enrolledWith: number
}

function totpData({ data }: RegisteredFactor): TotpData {
  return data as unknown as TotpData
}

// It ends the issuer in the label, and is not encoded by every app alike.
function withoutColon(name: string): string {
  return name.replaceAll(':', ' ')
}
