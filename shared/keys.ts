/**
 * Every stream and store key that both sides use, built in one place, so that an access rule for
 * an agent's Redis user can be read off this page.
 */
export const streams = {
  /** Sealed questions to one agent. Written by providers, consumed by that agent alone. */
  requestsTo: (agent: string): string => `agent:${agent}:requests`,
  /** Sealed verdicts to one provider process. */
  repliesTo: (instance: string): string => `replies:${instance}`,
  /** Signed heartbeats of every agent, followed by every provider process. */
  heartbeats: 'heartbeats',
  /** Between providers: that the agents' records have changed, and signed revocations. */
  agents: 'agents',
  /** Between providers: that each is there, and what it knows of; signed. */
  providers: 'providers',
} as const

/** Who may ask the directory about this request: the first to claim it, and nobody after. */
export const claimKey = (requestId: string): string => `claim:{${requestId}}`

/**
 * Written when a request is first sent, and never deleted: as long as it is there, no claim of the
 * request has been forgotten. In a cluster both are on one node (the braces), and lost together.
 */
export const sentKey = (requestId: string): string => `sent:{${requestId}}`
