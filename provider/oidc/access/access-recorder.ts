import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import type { Control, Decision } from '../../access/decision.ts'
import { requestContext } from '../../http/request-context.ts'
import { type AccessEntry, type AccessStep, accessEntry } from '../../signin-log/access-entry.ts'
import type { ShownProof } from '../interaction.ts'
import { type Circumstances, circumstancesOf } from './access-circumstances.ts'
import { userNameOf } from './access-decisions.ts'
import { loggedRisk } from './access-risk.ts'

/** What was said of one request. */
export interface Judgement {
  readonly step: AccessStep
  readonly isLetIn: boolean
  /** Absent where there are no policies. */
  readonly decision: Decision | undefined
  /** Controls that are met. */
  readonly shown?: readonly Control[]
  /** What has been shown, or stands in place of it. */
  readonly proofs?: readonly ShownProof[]
  /** Of the request, unless given. */
  readonly account?: Account
  readonly circumstances?: Circumstances
  /** A password was typed just now; by the request, unless given. */
  readonly isFresh?: boolean
}

/** Puts what policies have said into the log, under the reference of the request. */
export type AccessRecorder = (ctx: KoaContextWithOIDC, judgement: Judgement) => void

export function createAccessRecorder(write: (entry: AccessEntry) => void): AccessRecorder {
  return (ctx, { step, isLetIn, decision, shown = [], ...given }) => {
    const { account = ctx.oidc.account, circumstances = circumstancesOf(ctx) } = given
    const { reference, clientAddress } = requestContext(ctx)
    const { platform, clientAppType } = circumstances
    const about = {
      reference,
      clientAddress,
      clientId: ctx.oidc.client?.clientId ?? '',
      ...personOf(account),
      ...(platform !== undefined && { platform }),
      ...loggedRisk(ctx),
      ...(clientAppType === 'other' && { clientAppType }),
      isFresh: given.isFresh ?? ctx.oidc.result?.login !== undefined,
    }
    write(
      accessEntry({ ...about, step, isLetIn, shown, instead: insteadIn(given.proofs) }, decision),
    )
  }
}

const isInstead: ReadonlySet<ShownProof['method']> = new Set([
  'rememberedBrowser',
  'registrationPutOff',
] as const)

function insteadIn(proofs: readonly ShownProof[] = []): readonly string[] {
  return proofs.map(({ method }) => method).filter((method) => isInstead.has(method))
}

function personOf(account: Account | undefined): Pick<AccessEntry, 'sub' | 'user'> {
  const user = account && userNameOf(account)
  return { sub: account?.accountId ?? '', ...(user !== undefined && { user }) }
}
