import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { AccessGate } from './access/access-gate.ts'
import { accessPrompt, stepUpPromptOf, tooOldForPolicy } from './access/access-prompt.ts'
import { isFirstParty } from './clients/first-party.ts'

type Check = interactionPolicy.Check
type Policy = ReturnType<typeof interactionPolicy.base>

/**
 * When the browser is sent to our pages, and for what: the library's own two prompts, `login` and
 * `consent`, with `prompt`, `max_age`, `id_token_hint`, `acr_values` and missing grants as it
 * judges them. Two things differ, and policies of conditional access come in between.
 */
export function createPolicy(gate: AccessGate): Policy {
  const policy = interactionPolicy.base()
  const login = policy.get('login')?.checks
  login?.filter(isAboutWho).forEach(refuseAfterSignIn)
  // The gate answers both: another sign-in with a password would not give what they want.
  for (const reason of ['essential_acr', 'essential_acrs']) login?.remove(reason)
  login?.add(otherThanHinted)
  login?.add(tooOldForPolicy(gate))
  // After it is known who it is, and before they are asked what the app may have.
  policy.add(accessPrompt(gate), 1)
  policy.add(stepUpPromptOf(gate), 2)
  const consent = policy.get('consent')?.checks
  consent?.forEach(leaveOutFirstParty)
  consent?.add(silentNativeApp)
  return policy
}

/**
 * The request asks for a certain person. If a fresh sign-in did not give it, asking again will not
 * either: the app gets the error of OpenID Connect Core 1.0 section 3.1.2.2, and the person is not
 * caught in a loop.
 */
function refuseAfterSignIn(check: Check): void {
  const { check: original, description } = check
  check.check = async (ctx) => {
    const unmet = await original(ctx)
    if (!unmet || ctx.oidc.result?.login === undefined) return unmet
    throw new errors.LoginRequired(description)
  }
}

function isAboutWho({ reason }: Check): boolean {
  return reason === 'claims_id_token_sub_value'
}

// The library compares the hint with a session that is there, but not with a fresh sign-in.
const otherThanHinted: Check = new interactionPolicy.Check(
  'signed_in_other_than_hinted',
  'another person than the one of id_token_hint signed in',
  'login_required',
  async ({ oidc }) => {
    const hint = oidc.params?.['id_token_hint']
    const signedIn = oidc.result?.login
    if (typeof hint !== 'string' || signedIn === undefined || !oidc.client) return false
    const { payload } = await oidc.provider.IdToken.validate(hint, oidc.client)
    if (payload['sub'] === signedIn.accountId) return false
    throw new errors.LoginRequired('another person than the one of id_token_hint signed in')
  },
)

/**
 * The organization has agreed for its own apps, so nobody is asked, also not when the app says
 * `prompt=consent`: libraries add that by themselves, since OpenID Connect Core 1.0 section 11
 * wants it with `offline_access`.
 */
function leaveOutFirstParty(check: Check): void {
  const { check: original } = check
  check.check = (ctx) => !isFirstParty(ctx) && original(ctx)
}

/**
 * Any program on a device can open a loopback port or take a private-use scheme, and say that it is
 * our app. So a person has to notice: by signing in just now, or by the consent page
 * (RFC 8252 section 8.6).
 */
const silentNativeApp: Check = new interactionPolicy.Check(
  'native_client_prompt',
  'native clients require End-User interaction',
  'interaction_required',
  (ctx) => isFirstParty(ctx) && isNative(ctx) && !hasInteracted(ctx),
)

// A claimed https address is the app's own. Without any, the person has just typed a device's code.
function isNative({ oidc }: KoaContextWithOIDC): boolean {
  const returnsTo = oidc.params?.['redirect_uri']
  const isOpenToOthers = typeof returnsTo === 'string' && !returnsTo.startsWith('https://')
  return oidc.client?.applicationType === 'native' && isOpenToOthers
}

function hasInteracted({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.result?.login !== undefined || oidc.result?.consent !== undefined
}
