import type { EnrolmentError } from '../../shared/enrolment.ts'

/**
 * What an agent's host is told when it cannot have what it asks for. Whoever tries codes or
 * certificates that are not theirs learns nothing from it but that they are not good.
 */
export const refusals: Readonly<Record<EnrolmentError, { status: number; message: string }>> = {
  badRequest: { status: 400, message: 'This is no request of an agent of this version.' },
  invitation: {
    status: 403,
    message:
      'This code is wrong, used or over. Codes are good once, for 15 minutes; ' +
      '`postern agents invite` makes another.',
  },
  nameTaken: {
    status: 409,
    message:
      'There is an agent of this name. Revoke or remove it, or invite with another --name; ' +
      'the code is still good.',
  },
  refused: { status: 403, message: 'This agent may not come back. Enrol it again.' },
  clock: {
    status: 403,
    message: 'The clock of this host is off by more than 5 minutes, or the proof is an old one.',
  },
  tooMany: { status: 429, message: 'Too many requests from this address. Wait a minute.' },
  unavailable: { status: 503, message: 'Something went wrong on our side. Try again in a moment.' },
}
