/**
 * What is not expected: a broken socket, a wrong key file, a bug. Thrown, never returned.
 * The closed list below gives each fault its stable code, the HTTP status it becomes, and the one
 * sentence a person may read; `detail` and `cause` are for the operator's log alone.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly kind: FaultKind
  readonly code: string
  readonly status: number
  readonly publicText: string

  /**
   * @param kind which fault of the closed list
   * @param detail for the operator: what failed and where; never a password, key or token
   */
  constructor(kind: FaultKind, detail: string, options?: { cause?: unknown }) {
    super(detail, options)
    this.kind = kind
    this.code = faults[kind].code
    this.status = faults[kind].status
    this.publicText = faults[kind].publicText
  }
}

export type FaultKind =
  | 'settings'
  | 'storeDown'
  | 'busDown'
  | 'badMessage'
  | 'forgedMessage'
  | 'sealBroken'
  | 'badForm'
  | 'crossSite'
  | 'signInExpired'
  | 'notFound'
  | 'unknownAgent'
  | 'notAllowed'
  | 'listen'
  | 'proxy'
  | 'webDown'
  | 'notOurs'
  | 'accountUnheard'
  | 'internal'

interface FaultText {
  readonly code: string
  readonly status: number
  readonly publicText: string
}

const ourSide = 'Something went wrong on our side. Please try again in a moment.'

const faults: Readonly<Record<FaultKind, FaultText>> = {
  settings: { code: 'PST-901', status: 500, publicText: ourSide },
  storeDown: { code: 'PST-902', status: 503, publicText: ourSide },
  busDown: { code: 'PST-903', status: 503, publicText: ourSide },
  badMessage: { code: 'PST-904', status: 502, publicText: ourSide },
  forgedMessage: { code: 'PST-905', status: 502, publicText: ourSide },
  sealBroken: { code: 'PST-906', status: 500, publicText: ourSide },
  badForm: {
    code: 'PST-907',
    status: 400,
    publicText: 'That form could not be read. Go back and send it again.',
  },
  crossSite: {
    code: 'PST-908',
    status: 403,
    publicText: 'That form was sent from another site, so it was not accepted.',
  },
  signInExpired: {
    code: 'PST-909',
    status: 400,
    publicText:
      'This sign-in is no longer open. It took too long, or was finished in another window. Go back to the app and start again.',
  },
  notFound: { code: 'PST-910', status: 404, publicText: 'There is no page at this address.' },
  listen: { code: 'PST-911', status: 500, publicText: ourSide },
  proxy: { code: 'PST-912', status: 502, publicText: ourSide },
  webDown: { code: 'PST-913', status: 502, publicText: ourSide },
  unknownAgent: { code: 'PST-920', status: 404, publicText: ourSide },
  notAllowed: { code: 'PST-921', status: 409, publicText: ourSide },
  notOurs: { code: 'PST-914', status: 403, publicText: ourSide },
  accountUnheard: { code: 'PST-915', status: 503, publicText: ourSide },
  internal: { code: 'PST-999', status: 500, publicText: ourSide },
}

/** The closed list itself, for generated documentation. */
export const faultTexts: Readonly<Record<FaultKind, FaultText>> = faults

/** Anything thrown, as a Fault: a stranger becomes `internal` with the original as its cause. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new Fault('internal', detail, { cause: thrown })
}
