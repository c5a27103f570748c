import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import type { Terms } from './terms.ts'

/** Who has accepted which terms. */
export interface Acceptances {
  /** The terms of this name, as they are now. */
  find(name: string): Terms | undefined
  /** Whether this person has accepted the version there is now; no for terms that are not there. */
  isAccepted(sub: string, name: string): Promise<boolean>
  /**
   * Remembers that a person has accepted a version, for good.
   * @param acceptance.version what they were shown
   * @returns false, and nothing is remembered, if that is not the version there is now
   */
  accept(sub: string, acceptance: Acceptance): Promise<boolean>
}

export interface Acceptance {
  readonly name: string
  readonly version: number
  /** Of the request, for the log. */
  readonly reference: string
}

/** @param parts.store sealed: this is personal data */
export function createAcceptances(parts: {
  readonly terms: readonly Terms[]
  readonly store: Store
  readonly clock: Pick<Clock, 'now'>
  readonly log: Logger
}): Acceptances {
  const { store, clock, log } = parts
  const byName = new Map(parts.terms.map((terms) => [terms.name, terms]))

  return {
    find: (name) => byName.get(name),
    isAccepted: async (sub, name) => {
      const terms = byName.get(name)
      return terms !== undefined && (await store.get(key(sub, terms))) !== undefined
    },
    accept: async (sub, { name, version, reference }) => {
      // Another process may have begun with a newer text while this person was reading.
      if (byName.get(name)?.version !== version) return false
      const at = new Date(clock.now()).toISOString()
      // The first time counts, so none is written over.
      const value = JSON.stringify({ at, reference })
      if ((await store.get(key(sub, { name, version }))) === undefined) {
        await store.set(key(sub, { name, version }), value)
        log.info({ sub, terms: name, version, reference }, 'terms accepted')
      }
      return true
    },
  }
}

// Each version has a record of its own, so that it can still be shown who accepted an older one.
function key(sub: string, { name, version }: Pick<Terms, 'name' | 'version'>): string {
  return `terms:${name}:${version}:${sub}`
}
