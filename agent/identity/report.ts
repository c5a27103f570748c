import type { Clock } from '../../shared/clock.ts'
import type { EnrolmentAnswer } from '../../shared/enrolment.ts'
import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { CurrentIdentity } from './current-identity.ts'
import type { EndWarning, Standing } from './schedule.ts'

/** What the log says of an agent's identity: each thing once, and what stays wrong now and then. */
export interface Report {
  answered(answer: EnrolmentAnswer, isNewCertificate: boolean): void
  failed(thrown: unknown): void
  /** Called after each question to the provider. */
  end(warning: EndWarning): void
}

// Milliseconds.
const saidAgainAfter = 60 * 60_000

export function createReport(parts: {
  readonly clock: Clock
  readonly log: Logger
  readonly identity: CurrentIdentity
}): Report {
  const { clock, log, identity } = parts
  let said: Standing['state'] | undefined
  let failedSaidAt: number | undefined
  let endSaidAt: number | undefined

  function tellState({ agent, fingerprint, state }: EnrolmentAnswer): void {
    if (state === said || state === 'revoked') return
    const before = said
    said = state
    if (state === 'pending') {
      const approve = `postern agents approve ${agent} --fingerprint '${fingerprint}'`
      log.warn({ fingerprint, approve }, 'not approved yet: the provider sends no questions')
    } else if (state === 'quarantined') {
      log.error({ show: `postern agents show ${agent}` }, 'the provider has quarantined this agent')
    } else if (state === 'draining') {
      log.warn('draining: the provider sends no new questions')
    } else if (before !== undefined) log.info('approved')
  }

  return {
    answered: (answer, isNewCertificate) => {
      if (failedSaidAt !== undefined) log.info('the provider can be asked again')
      failedSaidAt = undefined
      tellState(answer)
      const { realms, ends } = identity.stored().certificate
      const until = new Date(ends).toISOString()
      if (isNewCertificate) log.info({ realms, until }, 'there is a new certificate')
    },
    failed: (thrown) => {
      const now = clock.now()
      if (failedSaidAt !== undefined && now - failedSaidAt < saidAgainAfter) return
      failedSaidAt = now
      const { code, message } = asFault(thrown)
      log.warn({ faultCode: code, detail: message }, 'the provider cannot be asked')
    },
    end: (warning) => {
      const now = clock.now()
      if (warning.kind === 'none') {
        endSaidAt = undefined
        return
      }
      if (endSaidAt !== undefined && now - endSaidAt < warning.again) return
      endSaidAt = now
      const until = new Date(identity.stored().certificate.ends).toISOString()
      if (warning.kind === 'ending') log.warn({ until }, 'the certificate ends soon')
      else if (warning.kind === 'endingSoon') log.error({ until }, 'the certificate ends very soon')
      else log.error({ until }, 'the certificate has ended: this agent gets no questions')
    },
  }
}
