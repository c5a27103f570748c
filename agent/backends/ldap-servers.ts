import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Outcome } from '../../shared/outcome.ts'
import type { BackendAnswer } from './backend.ts'
import type { Failure } from './ldap-failure.ts'
import type { Server } from './ldap-server.ts'

/** What asking one server came to. */
export type Attempt<O = Outcome> = { readonly outcome: O } | { readonly failure: Failure }

type Unavailable = Extract<Outcome, { name: 'unavailable' }>
type Answer<O> = Omit<BackendAnswer, 'outcome'> & { readonly outcome: O | Unavailable }

interface Standing {
  readonly server: Server
  /** Why the server is left alone, if it is. */
  failure?: Failure | undefined
  /** Milliseconds since the epoch; until then it is not even tried out. */
  until: number
}

/**
 * The servers of one directory, which all know the same people. They are asked in order; one that
 * fails is left alone for a while, then tried out without letting a person wait for it.
 */
export class LdapServers {
  #standings: readonly Standing[] = []
  readonly #coolDown: number
  readonly #clock: Clock
  readonly #log: Logger

  /**
   * There are none before `use`.
   * @param options.coolDown milliseconds
   */
  constructor(options: { readonly coolDown: number; readonly clock: Clock; readonly log: Logger }) {
    this.#coolDown = options.coolDown
    this.#clock = options.clock
    this.#log = options.log
  }

  /** Asks one server after the other until one answers or asking on would do harm. */
  async ask<O>(
    signal: AbortSignal,
    attempt: (server: Server) => Promise<Attempt<O>>,
  ): Promise<Answer<O>> {
    let answer: Answer<O> | undefined
    for (const standing of this.#inOrder()) {
      const { server } = standing
      const result = await attempt(server)
      if ('outcome' in result) {
        this.#answers(standing)
        return { outcome: result.outcome, directory: server.url }
      }
      const { failure } = result
      answer = { ...unavailableBy(failure), directory: server.url }
      // A question that ran out of time says little about the server.
      if (signal.aborted || !failure.ofServer) return answer
      this.#leaveAlone(standing, failure)
      // A bind that may have reached the directory counts there, and a second one would count
      // twice; a change may have been made, and the old password would then be a wrong one.
      if (mayHaveTried(failure)) return answer
    }
    return answer ?? this.#allLeftAlone()
  }

  /** From now on these are the servers. One that was there before keeps its connections. */
  async use(urls: readonly string[], create: (url: string) => Server): Promise<void> {
    const before = this.#standings
    this.#standings = urls.map(
      (url) => before.find(({ server }) => server.url === url) ?? { server: create(url), until: 0 },
    )
    await closeAll(before.filter((standing) => !this.#standings.includes(standing)))
  }

  async close(): Promise<void> {
    await closeAll(this.#standings)
  }

  // Those that fail come last: if all do, asking is how we learn that one is back.
  #inOrder(): readonly Standing[] {
    const failing = this.#standings.filter(({ failure }) => failure)
    if (failing.length === 0) return this.#standings
    const well = this.#standings.filter(({ failure }) => !failure)
    const now = this.#clock.now()
    if (well.length > 0) {
      for (const standing of failing) if (standing.until <= now) void this.#tryOut(standing)
    }
    // Not with a service account that was refused: the directory may lock it for repeating itself.
    const worthAsking = failing.filter(
      ({ failure, until }) => failure?.reason !== 'serviceAccount' || until <= now,
    )
    return [...well, ...worthAsking]
  }

  async #tryOut(standing: Standing): Promise<void> {
    standing.until = this.#clock.now() + this.#coolDown
    const failure = await standing.server.searchers.probe()
    if (failure) this.#leaveAlone(standing, failure)
    else this.#answers(standing)
  }

  #answers(standing: Standing): void {
    if (!standing.failure) return
    standing.failure = undefined
    this.#log.info({ directory: standing.server.url }, 'the directory server answers again')
  }

  #leaveAlone(standing: Standing, failure: Failure): void {
    const { url, searchers, binders } = standing.server
    if (failure.lost) {
      // A connection lost is not a server lost. Its neighbours may be dead without our knowing.
      searchers.dropIdle()
      binders.dropIdle()
      return
    }
    if (!standing.failure) {
      const { reason, detail } = failure
      this.#log.warn({ directory: url, reason, detail }, 'the directory server is left alone')
    }
    standing.failure = failure
    standing.until = this.#clock.now() + this.#coolDown
    searchers.giveUp(failure)
    binders.giveUp(failure)
  }

  #allLeftAlone(): Answer<never> {
    const failure = this.#standings[0]?.failure
    const outcome: Unavailable = failure
      ? unavailable(failure)
      : { name: 'unavailable', reason: 'directoryDown', detail: 'no server is known' }
    return { outcome, notTried: true }
  }
}

async function closeAll(standings: readonly Standing[]): Promise<void> {
  await Promise.all(
    standings.flatMap(({ server }) => [server.searchers.close(), server.binders.close()]),
  )
}

// Whoever failed before binding has tried no password; those before it failed before it, too.
function unavailableBy(failure: Failure): Answer<never> {
  const outcome = unavailable(failure)
  return mayHaveTried(failure) ? { outcome } : { outcome, notTried: true }
}

function mayHaveTried({ step }: Failure): boolean {
  return step === 'bind' || step === 'change'
}

/** What the person's sign-in comes to by such a failure. */
export function unavailable({ reason, detail }: Pick<Failure, 'reason' | 'detail'>): Unavailable {
  return { name: 'unavailable', reason, detail }
}
