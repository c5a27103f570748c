import type { Clock } from '../../shared/clock.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'
import type { Failure } from './ldap-failure.ts'

export interface PoolOptions {
  readonly size: number
  readonly open: () => Promise<Ran<LdapConnection>>
  /** Milliseconds. */
  readonly idleTimeout: number
  readonly clock: Clock
}

export type Work<T> = (connection: LdapConnection) => Promise<Ran<T>>

type Lent = Ran<LdapConnection>

const tooBusy: Lent = {
  failure: {
    step: 'connect',
    reason: 'overloaded',
    detail: 'no connection came free in time',
    ofServer: false,
    lost: false,
  },
}

/**
 * Connections of one kind to one server: opened when wanted, never more than `size`, each lent to
 * one borrower at a time, and closed when nobody has wanted them for a while.
 */
export class LdapPool {
  readonly #options: PoolOptions
  readonly #all = new Set<LdapConnection>()
  // The last to come back is the first to go out, so that those not needed grow old at the front.
  readonly #idle: { readonly connection: LdapConnection; readonly since: number }[] = []
  readonly #waiting: ((lent: Lent) => void)[] = []
  readonly #sweeper: NodeJS.Timeout
  #opening = 0
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    const often = Math.max(10, options.idleTimeout / 8)
    this.#sweeper = setInterval(() => this.#closeUnused(), often).unref()
  }

  /**
   * Lends a connection, waiting for one if need be, and takes it back whatever happens. When the
   * signal comes, an operation under way fails.
   * @returns what `work` returns; or `overloaded` if no connection came free before the signal; or
   *   why none can be opened
   */
  async use<T>(signal: AbortSignal, work: Work<T>): Promise<Ran<T>> {
    const lent = await this.#borrow(signal)
    if ('failure' in lent) return lent
    const connection = lent.value
    const interrupt = (): void => connection.destroy()
    signal.addEventListener('abort', interrupt, { once: true })
    try {
      return await work(connection)
    } finally {
      signal.removeEventListener('abort', interrupt)
      this.#takeBack(connection)
    }
  }

  /** Opens a connection to see whether that works. */
  async probe(): Promise<Failure | undefined> {
    return this.#openOne()
  }

  /** Closes what nobody uses: it may be dead without our knowing. */
  dropIdle(): void {
    for (const { connection } of this.#idle.splice(0)) void connection.close()
  }

  /** The same, and tells whoever waits not to. */
  giveUp(failure: Failure): void {
    this.dropIdle()
    for (const serve of this.#waiting.splice(0)) serve({ failure })
  }

  /** Closes everything, for good. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweeper)
    this.#idle.splice(0)
    await Promise.all([...this.#all].map((connection) => connection.close()))
  }

  #borrow(signal: AbortSignal): Lent | Promise<Lent> {
    if (signal.aborted) return tooBusy
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      if (last.connection.isOpen()) return { value: last.connection }
    }
    return new Promise((resolve) => {
      const serve = (lent: Lent): void => {
        signal.removeEventListener('abort', leave)
        resolve(lent)
      }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(serve), 1)
        resolve(tooBusy)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(serve)
      this.#grow()
    })
  }

  #takeBack(connection: LdapConnection): void {
    if (!connection.isOpen()) return
    const serve = this.#waiting.shift()
    if (serve) serve({ value: connection })
    else if (this.#closed) void connection.close()
    else this.#idle.push({ connection, since: this.#options.clock.now() })
  }

  #grow(): void {
    // The first one alone: a service account whose password is wrong is then refused once, and not
    // as often as there are people waiting, which could lock it.
    const size = this.#all.size === 0 ? 1 : this.#options.size
    while (this.#waiting.length > this.#opening && this.#all.size + this.#opening < size) {
      void this.#openOne()
    }
  }

  async #openOne(): Promise<Failure | undefined> {
    this.#opening += 1
    const opened = await this.#options.open()
    this.#opening -= 1
    if ('value' in opened) {
      this.#admit(opened.value)
      return undefined
    }
    // As long as there are others, they can still serve those who wait.
    const hopeless = this.#all.size + this.#opening === 0
    const told = this.#waiting.splice(0, hopeless ? this.#waiting.length : 1)
    for (const serve of told) serve(opened)
    return opened.failure
  }

  #admit(connection: LdapConnection): void {
    this.#all.add(connection)
    connection.onClose(() => {
      this.#all.delete(connection)
      const at = this.#idle.findIndex((one) => one.connection === connection)
      if (at >= 0) this.#idle.splice(at, 1)
      this.#grow()
    })
    this.#takeBack(connection)
    this.#grow()
  }

  #closeUnused(): void {
    const limit = this.#options.clock.now() - this.#options.idleTimeout
    while (this.#idle[0] && this.#idle[0].since <= limit)
      void this.#idle.shift()?.connection.close()
  }
}
