import type { Control } from '../../access/decision.ts'
import { type FactorMethod, factorMethods } from '../../mfa/factor.ts'
import type { ShownProof } from '../../oidc/interaction.ts'

/** PURE. What somebody who is asked for a second factor can show, or could set up. */

export interface FactorQuestion {
  readonly control: Control
  /** What they have. */
  readonly has: readonly FactorMethod[]
  /** What the session has shown, the password included. */
  readonly shown: readonly ShownProof[]
  /** What of it was shown a short while ago. */
  readonly recent: readonly ShownProof[]
  /** What people set up for themselves here. */
  readonly enrollable: readonly FactorMethod[]
  /** Strengths that proofs meet together. */
  readonly met: (proofs: readonly ShownProof[]) => readonly string[]
}

export type FactorChoice =
  | { readonly next: 'verify'; readonly methods: readonly FactorMethod[] }
  | { readonly next: 'enrol'; readonly methods: readonly FactorMethod[] }
  /** Of a session that began without one, or too long ago. */
  | { readonly next: 'password'; readonly methods: readonly [] }

/**
 * Whoever has what is asked for shows it, the strongest first. Whoever has only less shows that
 * before they set up more: a password alone must not be enough to put a new key to an account that
 * is protected by one. And whoever sets something up has shown the rest a short while ago: a browser
 * that was left open, or its cookie, must not be enough to own the account for good. A strength that
 * has the password in it asks whoever came by a passkey for it.
 */
export function chooseFactor(question: FactorQuestion): FactorChoice {
  const { has, recent } = question
  const inOrder = factorMethods.filter((method) => has.includes(method))
  const sufficient = inOrder.filter((method) => suffices(question, method))
  if (sufficient.length > 0) return { next: 'verify', methods: sufficient }
  const isShown = recent.some(({ method }) => inOrder.some((one) => one === method))
  if (inOrder.length > 0 && !isShown) return { next: 'verify', methods: inOrder }
  return chooseNew(question)
}

function chooseNew(question: FactorQuestion): FactorChoice {
  const { shown, recent } = question
  const enrollable = question.enrollable.filter((method) => suffices(question, method))
  if (enrollable.length > 0 && !recent.some(begins)) return { next: 'password', methods: [] }
  const hasPassword = shown.some(({ method }) => method === 'password')
  if (enrollable.length > 0 || hasPassword) return { next: 'enrol', methods: enrollable }
  const after = chooseFactor({
    ...question,
    shown: [...shown, password],
    recent: [...recent, password],
  })
  return after.methods.length > 0 || isEnough(question.control, question.met([...shown, password]))
    ? { next: 'password', methods: [] }
    : { next: 'enrol', methods: [] }
}

const password: ShownProof = { method: 'password', amr: ['pwd'] }

/** Either lets somebody in by itself; a code does not. */
export function begins({ method }: ShownProof): boolean {
  return method === 'password' || method === 'passkey'
}

// What each method shows if all goes well.
const amrOf: Readonly<Record<FactorMethod, readonly string[]>> = {
  passkey: ['hwk', 'user', 'mfa'],
  totp: ['otp'],
  temporaryAccessPass: ['otp'],
  recoveryCode: ['otp'],
}

function suffices({ control, shown, met }: FactorQuestion, method: FactorMethod): boolean {
  return isEnough(control, met([...shown, { method, amr: amrOf[method] }]))
}

/** @param strengths that are met */
export function isEnough(control: Control, strengths: readonly string[]): boolean {
  return control === 'mfa'
    ? strengths.length > 0
    : strengths.includes(control.slice('authenticationStrength:'.length))
}
