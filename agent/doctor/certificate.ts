import type { AgentCertificate } from '../../shared/certificate.ts'
import type { Clock } from '../../shared/clock.ts'
import { type AgentState, fingerprintOf } from '../../shared/enrolment.ts'
import { asFault } from '../../shared/fault.ts'
import { createProviderClient } from '../identity/provider-client.ts'
import type { AgentSettings } from '../settings.ts'
import type { KeyFiles } from './files.ts'
import { type Found, ok, problem } from './report.ts'

const hours = 60 * 60_000
const enrolAgain =
  'enrol the agent again: `postern agents invite` there, `postern agent enrol` here'

/** When the certificate ends, and whether the agent has renewed it when it was time. */
export async function checkCertificate(
  { starts, ends }: AgentCertificate,
  clock: Clock,
): Promise<Found<true>> {
  const now = clock.now()
  const left = `${Math.floor((ends - now) / hours)} hours`
  if (now >= ends) {
    return { findings: [problem('it has ended, and nobody believes this agent', enrolAgain)] }
  }
  if (now < starts) {
    const says = "it is not good yet: this machine's clock is behind the provider's"
    return { findings: [problem(says, 'set the clock of both machines by NTP')] }
  }
  // A running agent renews at two thirds; the rest is for a provider that is away.
  if (now > starts + (ends - starts) * 0.8) {
    const says = `it ends in ${left}, and should have been renewed by now`
    const advice = 'is the agent running, and does its log say why it cannot renew?'
    return { findings: [problem(says, advice)] }
  }
  return { findings: [ok(`good for ${left}; a running agent renews it by itself`)] }
}

const adviceFor: Readonly<Record<Exclude<AgentState, 'approved'>, string>> = {
  pending:
    'compare the fingerprint with an admin, who then approves: `postern agents approve NAME`',
  draining: 'it finishes what it has and gets nothing new; `postern agents undrain NAME` ends that',
  quarantined: 'something was wrong with its answers: `postern agents show NAME` says what',
  revoked: enrolAgain,
}

/** What the provider holds of this agent. Asks as the running agent does from time to time. */
export async function checkApproval(
  { issuer, name }: AgentSettings,
  { identity, issuerCa, proxy, clock }: KeyFiles & { readonly clock: Clock },
): Promise<Found<true>> {
  const client = createProviderClient({ issuer, ca: issuerCa, proxy, clock })
  const said = await client.renew(identity).catch((error: unknown) => asFault(error))
  if (said instanceof Error) {
    const advice = 'is the issuer the provider that this agent was enrolled with?'
    return { findings: [problem(said.message, advice)] }
  }
  if (said.kind === 'refusal') {
    const advice = said.error === 'clock' ? 'set the clock of both machines by NTP' : enrolAgain
    return { findings: [problem(`the provider refuses this agent: ${said.message}`, advice)] }
  }
  const { state, approvedUntil } = said.answer
  if (state !== 'approved') {
    const print = fingerprintOf(identity.certificate.publicKey)
    const says = `the agent is ${state} and is asked nothing; its key is ${print}`
    return { findings: [problem(says, adviceFor[state].replace('NAME', name))] }
  }
  const until = approvedUntil === undefined ? '' : ` until ${new Date(approvedUntil).toISOString()}`
  return { findings: [ok(`approved${until}`)] }
}
