import type { Logger } from '../../shared/log.ts'
import { type AskInTurn, createAskInTurn } from './ask-in-turn.ts'
import { type CanaryParts, createCanaries } from './canaries.ts'
import type { CanaryRealm } from './canary.ts'
import type { ConversationParts } from './conversation.ts'
import { heedless } from './heedless.ts'
import type { PendingQuestions } from './pending.ts'
import { createSecondOpinion, type Disagreement } from './second-opinion.ts'
import type { SecondOpinionRule } from './second-opinion-agreement.ts'

/** How agents are tested, and who is told of those that are found out. */
export interface Mistrust extends Pick<CanaryParts, 'perHour' | 'rootSecret' | 'turns' | 'onLie'> {
  readonly realms: readonly (CanaryRealm & SecondOpinionRule)[]
  readonly onDisagreement: (disagreement: Disagreement) => void
}

/** How agents are asked, as far as they are believed. */
export interface Doubting {
  readonly ask: AskInTurn
  /** About accounts; leaves no mark on how agents are picked for people who wait. */
  readonly askLookup: AskInTurn
  stop(): void
}

/** Asks agents without simply believing them, if given how: second opinions, and canaries beside. */
export function createMistrust(
  parts: ConversationParts & { pending: PendingQuestions; log: Logger; deadline: number },
  mistrust: Mistrust | undefined,
): Doubting {
  const askHeedlessly = createAskInTurn({ ...parts, ...heedless(parts) })
  if (mistrust === undefined) {
    return { ask: createAskInTurn(parts), askLookup: askHeedlessly, stop: () => {} }
  }
  const { onDisagreement, ...how } = mistrust
  const canaries = createCanaries({ ...parts, ...how, ask: askHeedlessly })
  const opinion = {
    ...parts,
    rules: how.realms,
    onDisagreement: (disagreement: Disagreement) => {
      onDisagreement(disagreement)
      // One of them lies, or their directories are not of one mind: this tells which it is.
      for (const agent of disagreement.agents) canaries.suspect(disagreement.realm, agent)
    },
  }
  return {
    ask: createSecondOpinion({ ...opinion, ask: createAskInTurn(parts) }),
    // What is said about an account becomes its claims: one agent alone could add groups to it.
    askLookup: createSecondOpinion({ ...opinion, ask: askHeedlessly }),
    stop: () => canaries.stop(),
  }
}
