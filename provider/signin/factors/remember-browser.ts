import type { Context } from 'koa'
import type { AddressPlace } from '../../access/locate.ts'
import { platformOf } from '../../access/platform.ts'
import { requestContext } from '../../http/request-context.ts'
import { browserNameOf } from '../../mfa/browser-name.ts'
import type { FactorMethod } from '../../mfa/factor.ts'
import { rememberedCookie, setRememberedCookie } from '../../mfa/remembered-browser-cookie.ts'
import type { NewRememberedBrowser, RememberedBrowsers } from '../../mfa/remembered-browsers.ts'
import type { Demand } from '../../oidc/interaction.ts'
import type { FactorStage } from './factor-stage.ts'

export interface RememberParts {
  readonly rememberedBrowsers: Pick<RememberedBrowsers, 'remember'>
  /** Where an address is, as far as that is known. */
  readonly placeOf: (address: string) => Pick<AddressPlace, 'country'>
}

/**
 * PURE. For how many days this can be chosen; `undefined` if it cannot. A pass or a recovery code
 * is a way back in for once: it should not open the door for weeks.
 */
export function rememberDaysWith(
  { rememberDays }: Pick<Demand, 'rememberDays'>,
  method: FactorMethod,
): number | undefined {
  return method === 'passkey' || method === 'totp' ? rememberDays : undefined
}

/** The person has shown a factor, and perhaps chosen that it is not asked for here again. */
export async function rememberBrowser({
  parts,
  ctx,
  form,
  demand,
  factor,
}: FactorStage<'verify'> & { readonly parts: RememberParts }): Promise<void> {
  const days = rememberDaysWith(demand, factor.method)
  if (days === undefined || form.get('remember') !== 'yes') return
  const browser = { days, ...describe(parts, ctx) }
  const before = rememberedCookie(ctx)
  setRememberedCookie(ctx, await parts.rememberedBrowsers.remember(demand.sub, browser, before))
}

function describe({ placeOf }: RememberParts, ctx: Context): Omit<NewRememberedBrowser, 'days'> {
  const userAgent = ctx.get('user-agent')
  const browser = browserNameOf(userAgent)
  const platform = platformOf(ctx.get('sec-ch-ua-platform') || undefined, userAgent || undefined)
  const { personAddress } = requestContext(ctx)
  const { country } = personAddress === undefined ? {} : placeOf(personAddress)
  return {
    ...(browser !== undefined && { browser }),
    ...(platform !== undefined && { platform }),
    ...(country !== undefined && { country }),
  }
}
