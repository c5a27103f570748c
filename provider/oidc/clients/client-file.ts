import { z } from 'zod'
import { withCrossChecks } from '../../../shared/settings/cross-check.ts'
import { wholeNumber } from '../../../shared/settings/whole-number.ts'
import { scopes } from '../claims.ts'
import { clientChecks } from './client-checks.ts'
import {
  type ClientFile,
  clientAuthentications,
  grantTypes,
  signingAlgorithms,
} from './client-settings.ts'
import { isLoopback } from './loopback.ts'

const unsafeRedirect = 'must begin with https:// (http:// is for localhost alone)'

const webAddress = z
  .string()
  .refine(isWebAddress, 'must be a full address that begins with https:// or http://')

const resource = z.strictObject({
  identifier: z.string().min(1).describe("One of the resources in the provider's settings."),
  scopes: z
    .array(z.string().min(1))
    .exactOptional()
    .describe("The resource's scopes that this app may ask for; all of them unless given."),
  default: z
    .boolean()
    .default(false)
    .describe('Access tokens are for this resource when the app names none.'),
})

// The descriptions become the JSON Schema for editors and the reference of client files.
const fields: z.ZodType<ClientFile> = z.strictObject({
  client_id: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x20-\x7E]*$/, 'must be plain letters, digits and signs')
    // A token that an app gets for itself has this as its `sub`.
    .regex(/^[^:]*$/, 'must have no colon: realm:id is what a token calls a person')
    .describe('What the app calls itself when it talks to us.'),
  client_name: z.string().min(1).exactOptional().describe('What people know the app by.'),
  client_uri: webAddress.exactOptional().describe("The app's own page."),
  logo_uri: webAddress.exactOptional().describe('A picture for the consent page.'),
  policy_uri: webAddress.exactOptional().describe('How the app uses data; for the consent page.'),
  tos_uri: webAddress.exactOptional().describe("The app's terms; for the consent page."),
  contacts: z
    .array(z.email())
    .exactOptional()
    .describe('Mail addresses of the people who run the app.'),
  application_type: z
    .enum(['web', 'native'])
    .default('web')
    .describe('`native` is installed on the device of the person who uses it.'),
  redirect_uris: z
    .array(z.string().refine(isSafeRedirect, unsafeRedirect))
    .default([])
    .describe('Where the app takes people back; compared letter by letter.'),
  post_logout_redirect_uris: z
    .array(z.string().refine(isSafeRedirect, unsafeRedirect))
    .default([])
    .describe('Where the app may send people after it has signed them out.'),
  grant_types: z
    .array(z.enum(grantTypes))
    .default(['authorization_code'])
    .describe('How the app gets tokens. An API that only checks tokens has none: [].'),
  allow_password_grant: z
    .boolean()
    .default(false)
    .describe(
      'Lets the app have `password` in `grant_types`: it sees every password that people type into it, and they can be asked for nothing else. For old apps that know no other way.',
    ),
  token_endpoint_auth_method: z
    .enum(clientAuthentications)
    .default('client_secret_basic')
    .describe('How the app proves that it is itself; `none` if it can keep no secret.'),
  client_secret_file: z
    .string()
    .min(1)
    .exactOptional()
    .describe("File with the app's secret, relative to this file."),
  client_secret_env: z
    .string()
    .min(1)
    .exactOptional()
    .describe("Environment variable with the app's secret."),
  jwks: z
    .strictObject({
      keys: z
        .array(z.record(z.string(), z.unknown()))
        .min(1)
        .describe('JSON Web Keys; public halves alone.'),
    })
    .exactOptional()
    .describe("The app's public keys (RFC 7517), for private_key_jwt."),
  jwks_uri: webAddress.exactOptional().describe('The address of the same.'),
  scope: z
    .string()
    .refine(hasKnownScopes, `must be some of: ${scopes.join(' ')}; with spaces in between`)
    .exactOptional()
    .describe('The scopes the app may ask for, with spaces in between; all unless given.'),
  id_token_signed_response_alg: z
    .enum(signingAlgorithms)
    .default('RS256')
    .describe('How ID tokens for this app are signed.'),
  default_max_age: wholeNumber({ min: 0, max: 31_536_000 }, 'seconds')
    .exactOptional()
    .describe('Seconds after which a person has to sign in again for this app.'),
  backchannel_logout_uri: webAddress
    .exactOptional()
    .describe('Where the app is told that a person has signed out.'),
  backchannel_logout_session_required: z
    .boolean()
    .default(false)
    .describe('The app needs to know which session ended (`sid`), not only whose.'),
  dpop_bound_access_tokens: z
    .boolean()
    .default(false)
    .describe('The app must prove with each token that it holds its key (RFC 9449).'),
  require_pushed_authorization_requests: z
    .boolean()
    .default(false)
    .describe('The app must send its request to us before it sends the browser (RFC 9126).'),
  resources: z.array(resource).default([]).describe('The APIs that the app may get tokens for.'),
  first_party: z
    .boolean()
    .default(false)
    .describe("It is the organization's own app: people are not asked for consent."),
  loopback_redirects: z
    .boolean()
    .default(false)
    .describe(
      'For development: any address on localhost, with any port and path, is a redirect address.',
    ),
})

export const clientFile: z.ZodType<ClientFile> = withCrossChecks(fields, clientChecks)

function isWebAddress(text: string): boolean {
  const protocol = URL.parse(text)?.protocol
  return protocol === 'https:' || protocol === 'http:'
}

/** A code on its way through plain HTTP can be read (RFC 9700 section 2.6). */
function isSafeRedirect(text: string): boolean {
  return URL.parse(text)?.protocol !== 'http:' || isLoopback(text)
}

function hasKnownScopes(text: string): boolean {
  return text.split(' ').every((scope) => scopes.includes(scope))
}
