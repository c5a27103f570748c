/** How busy this provider process keeps each agent, and how fast they have answered. */
export interface Load {
  of(agent: string): { readonly inFlight: number; readonly latency: number }
  sent(agent: string): void
  /** @param milliseconds from sending to verdict; none if there was no verdict */
  done(agent: string, milliseconds?: number): void
}

// Weight of the newest answer: a slow directory is noticed within some ten answers, one slow
// answer alone moves little.
const newest = 0.2

export function createLoad(): Load {
  const loads = new Map<string, { inFlight: number; latency: number }>()
  const of = (agent: string) => {
    const known = loads.get(agent)
    if (known !== undefined) return known
    const fresh = { inFlight: 0, latency: 0 }
    loads.set(agent, fresh)
    return fresh
  }
  return {
    of,
    sent: (agent) => {
      of(agent).inFlight += 1
    },
    done: (agent, milliseconds) => {
      const load = of(agent)
      load.inFlight -= 1
      if (milliseconds === undefined) return
      load.latency =
        load.latency === 0 ? milliseconds : load.latency + newest * (milliseconds - load.latency)
    },
  }
}
