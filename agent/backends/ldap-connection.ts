import type { Socket } from 'node:net'
import { Client } from 'ldapts'
import { type Failure, failureOf, type Step } from './ldap-failure.ts'

/**
 * One connection to one server, with one operation on it at a time. It never comes back to life:
 * ldapts would reconnect by itself, and then a search would run anonymously and, where StartTLS is
 * used, a password would travel readable.
 */
export interface LdapConnection {
  /** `host:port`. */
  readonly host: string
  isOpen(): boolean
  /** `listener` is called once the connection is gone, for whatever reason. */
  onClose(listener: () => void): void
  /**
   * Runs one operation, which ends in time: if not by itself, then by destroying the connection,
   * since a late answer must not be taken for that of a later question.
   */
  run<T>(step: Step, operation: (client: Client) => Promise<T>): Promise<Ran<T>>
  /** Ends the operation under way, if any, as one that took too long. */
  destroy(): void
  /** Says goodbye first. */
  close(): Promise<void>
}

export type Ran<T> = { readonly value: T } | { readonly failure: Failure }

/**
 * @param socket connected, and encrypted if it shall be
 * @param options.limit milliseconds that one operation may take
 */
export function wrapSocket(
  socket: Socket,
  { host, limit }: { host: string; limit: number },
): LdapConnection {
  const client = clientOn(socket)
  let open = !socket.destroyed
  let timedOut = false
  let interrupt: (() => void) | undefined

  // Not left to ldapts alone, which does not notice every loss.
  socket.once('close', () => {
    open = false
    interrupt?.()
  })

  // Whoever ends a connection under an operation has waited long enough for it.
  function destroy(): void {
    open = false
    timedOut = true
    socket.destroy()
    interrupt?.()
  }

  function run<T>(step: Step, operation: (client: Client) => Promise<T>): Promise<Ran<T>> {
    const failed = (error: unknown): Ran<T> => ({
      failure: failureOf(error, { step, host, timedOut }),
    })
    // On a socket that is gone ldapts would wait for ever.
    if (!open) return Promise.resolve(failed(new Error('closed')))
    return new Promise((resolve) => {
      const timer = setTimeout(destroy, limit)
      const settle = (ran: Ran<T>): void => {
        clearTimeout(timer)
        interrupt = undefined
        resolve(ran)
      }
      interrupt = () => settle(failed(new Error('closed')))
      operation(client).then(
        (value) => settle({ value }),
        (error: unknown) => settle(failed(error)),
      )
    })
  }

  return {
    host,
    isOpen: () => open,
    onClose: (listener) => void socket.once('close', listener),
    run,
    destroy,
    close: async () => {
      // A server that hears nothing more is not waited for.
      const timer = setTimeout(destroy, limit)
      await client.unbind().catch(() => {})
      clearTimeout(timer)
      destroy()
    },
  }
}

function clientOn(socket: Socket): Client {
  let used = false
  const createConnection = (): Socket => {
    if (used) throw new Error('closed')
    used = true
    return socket
  }
  // The address is not looked at: the socket is there already.
  return new Client({
    url: 'ldap://localhost',
    createConnection,
  })
}
