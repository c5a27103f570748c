import type { LookupFunction, Socket } from 'node:net'
import { type LdapConnection, type Ran, wrapSocket } from './ldap-connection.ts'
import { type Failure, failureOf } from './ldap-failure.ts'
import {
  certificateError,
  established,
  hostOf,
  type Place,
  placeOf,
  startSocket,
  startTlsOn,
} from './ldap-socket.ts'

export interface ConnectOptions {
  readonly url: string
  readonly startTls: boolean
  /** PEM; asked for each connection, so that a new authority needs no restart. */
  readonly ca: () => Promise<string | undefined>
  /** Finds the address of the URL's host; this machine's own way unless given. */
  readonly lookup?: LookupFunction
  /** Milliseconds for connecting and proving identity; agreeing on StartTLS may take as long again. */
  readonly connectTimeout: number
  /** Milliseconds for each operation later on. */
  readonly operationTimeout: number
}

interface Dialled {
  readonly place: Place
  readonly host: string
  readonly ca: string | undefined
  readonly signal: AbortSignal
}

// RFC 4511 section 4.14.1.
const startTlsOid = '1.3.6.1.4.1.1466.20037'

/** @returns a connection, encrypted as the options say, on which nobody is bound yet */
export async function connect(options: ConnectOptions): Promise<Ran<LdapConnection>> {
  const place = placeOf(options.url)
  const host = hostOf(place)
  let ca: string | undefined
  try {
    ca = await options.ca()
  } catch {
    const detail = `connect: caFile cannot be read or is no certificate (${host})`
    const failure: Failure = {
      step: 'connect',
      reason: 'misconfigured',
      detail,
      ofServer: false,
      lost: false,
    }
    return { failure }
  }
  const signal = AbortSignal.timeout(options.connectTimeout)
  const dialled = { place, host, ca, signal }
  const plain = await establish(
    startSocket(place, { ca, ...(options.lookup && { lookup: options.lookup }) }),
    dialled,
  )
  const ready =
    'failure' in plain || !options.startTls ? plain : await upgrade(plain.value, dialled, options)
  if ('failure' in ready) return ready
  return { value: wrapSocket(ready.value, { host, limit: options.operationTimeout }) }
}

async function establish(socket: Socket, { host, signal }: Dialled): Promise<Ran<Socket>> {
  try {
    await established(socket, signal)
    return { value: socket }
  } catch (error) {
    const refused = certificateError(socket)
    socket.destroy()
    const timedOut = signal.aborted
    return {
      failure: failureOf(error, { step: 'connect', host, timedOut, certificateError: refused }),
    }
  }
}

async function upgrade(
  socket: Socket,
  dialled: Dialled,
  { connectTimeout }: ConnectOptions,
): Promise<Ran<Socket>> {
  const plain = wrapSocket(socket, { host: dialled.host, limit: connectTimeout })
  const agreed = await plain.run('connect', (client) => client.exop(startTlsOid))
  if ('failure' in agreed) {
    plain.destroy()
    return agreed
  }
  // ldapts would go on with the same client, and with what it has read so far and not yet used. Who
  // sits on the line could put the start of an answer there, which then counts as said under TLS:
  // a bind succeeds with any password. So this client is left behind; the next one has read nothing.
  return establish(startTlsOn(socket, dialled.place, dialled.ca), dialled)
}
