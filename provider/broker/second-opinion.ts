import type { Account } from '../../shared/account.ts'
import { type Clock, randomId } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Outcome } from '../../shared/outcome.ts'
import type { AskInTurn, Settled, Wanted } from './ask-in-turn.ts'
import type { SecondAnswer } from './asked.ts'
import type { Registry } from './registry.ts'
import { agreementOf, isInGroups, type SecondOpinionRule } from './second-opinion-agreement.ts'

/** Two agents, of which one said yes to a sign-in that the other refuses. */
export interface Disagreement {
  readonly realm: string
  readonly reference: string
  /** Who said yes, and who did not. */
  readonly agents: readonly [yes: string, no: string]
}

export interface SecondOpinionParts {
  readonly ask: AskInTurn
  readonly registry: Registry
  readonly clock: Clock
  readonly log: Logger
  readonly rules: readonly SecondOpinionRule[]
  readonly onDisagreement: (disagreement: Disagreement) => void
}

/**
 * Asks a second agent about what the first has said yes to, where the realm, the person's groups
 * or the caller want it, within the same deadline. Nobody is let in on the word of one agent then.
 * What the first one refuses is never put to another: it would count twice toward a lockout.
 */
export function createSecondOpinion(parts: SecondOpinionParts): AskInTurn {
  const { ask, registry, rules } = parts
  return async (wanted) => {
    const { realm, secondOpinion = false } = wanted.asked
    const rule = rules.find(({ name }) => name === realm) ?? nobody
    const always = secondOpinion === true || rule.secondOpinion
    // Said before the password goes anywhere: it could let nobody in.
    if (always && liveIn(registry, realm) === 1) return noSecond(randomId(parts.clock))
    const first = await ask(wanted)
    if (first.outcome.name !== 'ok' || first.agent === undefined) return first
    const { account } = first.outcome
    if (!always && !isAbout(account, wanted.asked, rule)) return first
    const second = await ask(afterwards(wanted), { avoid: [first.agent] })
    return join(parts, wanted, [first, second])
  }
}

function isAbout(
  account: Account,
  { secondOpinion }: Wanted['asked'],
  { secondOpinionGroups }: Pick<SecondOpinionRule, 'secondOpinionGroups'>,
): boolean {
  const isWanted = typeof secondOpinion === 'function' && secondOpinion(account)
  return isWanted || isInGroups(account, secondOpinionGroups)
}

// A password is changed once; the second agent is asked whether the new one is right.
function afterwards(wanted: Wanted): Wanted {
  if ('accountId' in wanted.asked) return wanted
  const { newPassword, ...asked } = wanted.asked
  return newPassword === undefined
    ? wanted
    : { ...wanted, asked: { ...asked, password: newPassword } }
}

const nobody = { secondOpinion: false, secondOpinionGroups: [] }

function join(
  parts: SecondOpinionParts,
  { asked: { realm, reference } }: Wanted,
  [first, second]: readonly [Settled, Settled],
): Settled {
  const { log, onDisagreement } = parts
  const { agent: yes, outcome: vouched } = first
  const { agent: no, outcome } = second
  if (outcome.name === 'unavailable') {
    return outcome.reason === 'noAgent' ? noSecond(second.requestId) : second
  }
  if (yes === undefined || no === undefined || vouched.name !== 'ok') return second
  const agreement = outcome.name === 'ok' && agreementOf(vouched.account, outcome.account)
  if (!agreement) {
    onDisagreement({ realm, reference, agents: [yes, no] })
    return outcome.name === 'ok' ? { ...second, outcome: otherPerson } : second
  }
  const { account, differing } = agreement
  if (differing.length > 0) {
    const facts = { realm, reference, agents: [yes, no], claims: differing }
    log.warn(facts, 'two agents give different claims; what both give is taken')
  }
  return { ...first, outcome: { name: 'ok', account }, second: shown(no, second) }
}

// One name leads each agent to somebody else: they do not ask the same directory, or one lies.
const otherPerson: Outcome = {
  name: 'unavailable',
  reason: 'misconfigured',
  detail: 'two agents say yes, and mean different accounts',
}

function shown(agent: string, { requestId, directory }: Settled): SecondAnswer {
  return { agent, requestId, ...(directory !== undefined && { directory }) }
}

function noSecond(requestId: string): Settled {
  return { outcome: { name: 'unavailable', reason: 'noSecondAgent' }, requestId }
}

function liveIn(registry: Registry, realm: string): number {
  return registry.ofRealm(realm).filter(({ health }) => health === 'live').length
}
