import { Fault, type FaultKind } from '../fault.ts'

/** Why Redis did not do what it was asked, for the operator, without what it was asked. */

/**
 * @param kind `busDown` or `storeDown`, depending on who asked
 * @param address of Redis, for people
 */
export function commandFault(kind: FaultKind, address: string, thrown: unknown): Fault {
  const cause = withoutArguments(thrown)
  const detail = isReply(cause)
    ? `Redis at ${address} answered: ${reason(cause)}`
    : `Redis at ${address} is out of reach: ${reason(cause)}`
  return new Fault(kind, detail, { cause })
}

/**
 * The same at the start, where a person can do something about it.
 * @param isTls whether it was to be connected to over TLS
 */
export function connectFault(address: string, thrown: unknown, isTls: boolean): Fault {
  const cause = withoutArguments(thrown)
  const { code = '', message } = cause
  const fault = (kind: FaultKind, what: string) =>
    new Fault(kind, `Redis at ${address} ${what}`, { cause })
  if (cause instanceof Fault) {
    return new Fault(cause.kind, `Redis at ${address} cannot be reached: ${message}`, { cause })
  }
  if (message.includes('WRONGPASS')) {
    return fault('settings', 'does not accept the user name or the password')
  }
  if (message.includes('NOAUTH')) {
    return fault('settings', 'asks for a password, and the settings have none')
  }
  // It is the server that alerts, of what it was shown (RFC 8446, section 6.2).
  if (/_ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+)$/.test(code)) {
    return fault('settings', `asks for ${wanted}`)
  }
  // In TLS 1.3 it alerts after we have begun to speak, and the end of the connection may be faster.
  if (isTls && /^(ECONNRESET|EPIPE)$/.test(code)) {
    return fault('storeDown', `hung up at once (${code}); it may want ${wanted}`)
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) {
    return fault('settings', `has a certificate that is not trusted: ${message}`)
  }
  if (isReply(cause)) return fault('settings', `answered: ${reason(cause)}`)
  return fault('storeDown', `cannot be reached: ${reason(cause)}`)
}

const wanted = 'a certificate that it trusts (certFile and keyFile)'

// Redis quotes the arguments of a command that it does not know.
const unknownArguments = /,? with args beginning with.*/s

/** One phrase: `connect ECONNREFUSED 127.0.0.1:6379`. */
export function reason(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  if (thrown.name === 'MaxRetriesPerRequestError') return 'the connection broke'
  return thrown.message
    .replace('Failed to refresh slots cache.', 'no node of the cluster answers')
    .replace(/^All sentinels are unreachable.*Last error: /, 'no Sentinel answers: ')
    .replace(unknownArguments, '')
}

interface RedisError extends Error {
  code?: string
}

// ioredis notes on an error what was being sent, and that may be a value.
function withoutArguments(thrown: unknown): RedisError {
  if (!(thrown instanceof Error)) return new Error(String(thrown))
  if ('command' in thrown) delete thrown.command
  return thrown
}

/** Redis was there and said no; anything else is that it was not. */
function isReply(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === 'ReplyError'
}
