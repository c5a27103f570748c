import type { CrossCheck, CrossProblem } from '../../../shared/settings/cross-check.ts'
import { entriesOf, repeats } from '../../../shared/settings/repeats.ts'
import type { ResourceSettings } from '../../settings.ts'
import type { ClientFile } from './client-settings.ts'

/** What a client's settings must not say together. */
export const clientChecks: readonly CrossCheck<ClientFile>[] = [
  {
    of: ['token_endpoint_auth_method', 'client_secret_file', 'client_secret_env'],
    problems: (file) => [...missingSecret(file), ...needlessSecret(file)],
  },
  {
    of: ['token_endpoint_auth_method', 'jwks', 'jwks_uri'],
    problems: (file) => {
      if (file.jwks && file.jwks_uri !== undefined) {
        return [{ path: ['jwks_uri'], message: 'stands beside jwks; only one of them may' }]
      }
      const hasKeys = file.jwks !== undefined || file.jwks_uri !== undefined
      return file.token_endpoint_auth_method === 'private_key_jwt' && !hasKeys
        ? [{ path: ['jwks'], message: 'private_key_jwt needs jwks or jwks_uri' }]
        : []
    },
  },
  {
    of: ['grant_types', 'redirect_uris', 'loopback_redirects'],
    problems: ({ grant_types, redirect_uris, loopback_redirects }) =>
      grant_types.includes('authorization_code') &&
      redirect_uris.length === 0 &&
      !loopback_redirects
        ? [{ path: ['redirect_uris'], message: 'authorization_code needs at least one' }]
        : [],
  },
  {
    of: ['grant_types', 'token_endpoint_auth_method'],
    problems: ({ grant_types, token_endpoint_auth_method }) =>
      // Anybody could be it.
      grant_types.includes('client_credentials') && token_endpoint_auth_method === 'none'
        ? [{ path: ['grant_types'], message: 'client_credentials needs an app with a secret' }]
        : [],
  },
  {
    of: ['grant_types', 'allow_password_grant', 'token_endpoint_auth_method', 'first_party'],
    problems: passwordGrant,
  },
  {
    of: ['resources'],
    problems: ({ resources }) => {
      const defaults = resources.flatMap((resource, at) => (resource.default ? [at] : []))
      return [
        ...repeats(entriesOf('resources', resources, 'identifier')).map(({ path }) => ({
          path,
          message: 'stands twice',
        })),
        ...defaults
          .slice(1)
          .map((at) => ({ path: ['resources', at, 'default'], message: 'only one can be it' })),
      ]
    },
  },
]

/** Whether the resources that a client names are there, with their scopes. */
export function resourceCheck(known: readonly ResourceSettings[]): CrossCheck<ClientFile> {
  return {
    of: ['resources'],
    problems: (file) =>
      file.resources.flatMap(({ identifier, scopes = [] }, at): CrossProblem[] => {
        const found = known.find((resource) => resource.identifier === identifier)
        if (found === undefined) {
          const message = "is none of the resources in the provider's settings"
          return [{ path: ['resources', at, 'identifier'], message }]
        }
        return scopes.flatMap((scope, index) => {
          const path = ['resources', at, 'scopes', index]
          return found.scopes.includes(scope)
            ? []
            : [{ path, message: 'is no scope of this resource' }]
        })
      }),
  }
}

/**
 * RFC 9700 section 2.4 says that it must not be used, so nobody gets it by a word among others. What
 * such an app does with a password nobody can see, so it has to be one of the organization's own
 * that can prove to be itself.
 */
function passwordGrant(file: ClientFile): CrossProblem[] {
  const { allow_password_grant, token_endpoint_auth_method, first_party } = file
  if (!file.grant_types.includes('password')) {
    const message = 'allows nothing: grant_types has no password'
    return allow_password_grant ? [{ path: ['allow_password_grant'], message }] : []
  }
  const path = ['grant_types', file.grant_types.indexOf('password')]
  const needs = [
    ...(allow_password_grant ? [] : ['allow_password_grant: true, since the app sees passwords']),
    ...(token_endpoint_auth_method === 'none' ? ['an app with a secret'] : []),
    ...(first_party ? [] : ['first_party: true, since people cannot be asked for consent']),
  ]
  return needs.map((what) => ({ path, message: `password needs ${what}` }))
}

function missingSecret(file: ClientFile): CrossProblem[] {
  if (!needsSecret(file) || secretPlaces(file).length > 0) return []
  const message = `${file.token_endpoint_auth_method} needs client_secret_file or client_secret_env`
  return [{ path: ['client_secret_file'], message }]
}

function needlessSecret(file: ClientFile): CrossProblem[] {
  const places = secretPlaces(file)
  const needless = needsSecret(file) ? places.slice(1) : places
  return needless.map((place) => ({
    path: [place],
    message: needsSecret(file)
      ? 'stands beside client_secret_file; only one of them may'
      : `the app has no secret with ${file.token_endpoint_auth_method}`,
  }))
}

function needsSecret({ token_endpoint_auth_method }: ClientFile): boolean {
  return token_endpoint_auth_method.startsWith('client_secret_')
}

function secretPlaces(file: ClientFile): string[] {
  return ['client_secret_file', 'client_secret_env'].filter(
    (place) => file[place as keyof ClientFile] !== undefined,
  )
}
