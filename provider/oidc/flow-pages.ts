import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { setPagePolicy } from '../http/security-headers.ts'
import type { OidcPages, PageForm, PageText, UserCodeProblem } from './pages.ts'

type Features = NonNullable<Configuration['features']>
type DeviceFlow = NonNullable<Features['deviceFlow']>
type Logout = NonNullable<Features['rpInitiatedLogout']>
type RenderError = NonNullable<Configuration['renderError']>

/**
 * The library hands out ready forms without buttons. We take from its context what is in them, and
 * let the pages build their own.
 */
export function devicePages(
  pages: OidcPages,
  renderError: RenderError,
): Required<Pick<DeviceFlow, 'userCodeInputSource' | 'userCodeConfirmSource' | 'successSource'>> {
  return {
    userCodeInputSource: async (ctx, _form, out, error) => {
      const problem = error && problems[error.name]
      if (error !== undefined && out !== undefined && problem === undefined) {
        await renderError(ctx, out, error)
        return
      }
      const code = typedCode(error)
      await show(
        ctx,
        pages.userCodeInput({
          form: form(ctx, 'code_verification'),
          ...(problem !== undefined && { problem }),
          ...(code !== undefined && { code }),
        }),
      )
    },
    userCodeConfirmSource: async (ctx, _form, client, ...[, userCode]) =>
      show(
        ctx,
        pages.userCodeConfirm({
          form: form(ctx, 'code_verification', { user_code: userCode, confirm: 'yes' }),
          clientName: client.clientName ?? client.clientId,
          userCode,
        }),
      ),
    successSource: async (ctx) =>
      show(ctx, pages.deviceDone({ clientName: clientName(ctx) ?? '' })),
  }
}

export function logoutPages(
  pages: OidcPages,
): Required<Pick<Logout, 'logoutSource' | 'postLogoutSuccessSource'>> {
  return {
    logoutSource: async (ctx) => {
      const returnsTo = ctx.oidc.session?.state?.['postLogoutRedirectUri']
      await show(
        ctx,
        pages.logout({ form: form(ctx, 'end_session_confirm'), ...named(ctx) }),
        typeof returnsTo === 'string' ? [returnsTo] : [],
      )
    },
    postLogoutSuccessSource: async (ctx) => show(ctx, pages.signedOut(named(ctx))),
  }
}

// By the names of the library's error classes, which it does not export.
const problems: Readonly<Record<string, UserCodeProblem | undefined>> = {
  NoCodeError: 'missing',
  NotFoundError: 'unknown',
  ExpiredError: 'expired',
  AlreadyUsedError: 'used',
  AbortedError: 'aborted',
}

function typedCode(error: Error | undefined): string | undefined {
  const { userCode } = (error ?? {}) as { userCode?: unknown }
  return typeof userCode === 'string' ? userCode : undefined
}

function form(
  { oidc }: KoaContextWithOIDC,
  route: string,
  fields: Readonly<Record<string, string>> = {},
): PageForm {
  return {
    action: oidc.urlFor(route),
    fields: { xsrf: String(oidc.session?.state?.['secret']), ...fields },
  }
}

function clientName({ oidc }: KoaContextWithOIDC): string | undefined {
  return oidc.client?.clientName ?? oidc.client?.clientId
}

function named(ctx: KoaContextWithOIDC): { clientName?: string } {
  const name = clientName(ctx)
  return name === undefined ? {} : { clientName: name }
}

async function show(
  ctx: KoaContextWithOIDC,
  page: PageText,
  returnSources: readonly string[] = [],
): Promise<void> {
  setPagePolicy(ctx, { returnSources })
  ctx.type = 'html'
  ctx.body = await page
}
