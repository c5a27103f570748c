import { expect } from 'chai'
import { type OidcSystem, signInTo, startOidc } from '../../support/oidc-system.ts'

describe('the discovery document', () => {
  let system: OidcSystem
  const said: string[] = []
  const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
  const originals = methods.map((method) => console[method])

  before(async () => {
    for (const method of methods) {
      console[method] = (...words: unknown[]) => void said.push(words.join(' '))
    }
    system = await startOidc()
  })
  after(async () => {
    methods.forEach((method, at) => Object.assign(console, { [method]: originals[at] }))
    await system[Symbol.asyncDispose]()
  })

  it('says what is there, and no more', async () => {
    const response = await fetch(`${system.issuer}/.well-known/openid-configuration`)
    const document = (await response.json()) as Record<string, unknown>
    const at = (path: string): string => `${system.issuer}${path}`

    expect(document).to.deep.include({
      issuer: system.issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      userinfo_endpoint: at('/userinfo'),
      jwks_uri: at('/jwks'),
      end_session_endpoint: at('/logout'),
      revocation_endpoint: at('/revoke'),
      introspection_endpoint: at('/introspect'),
      device_authorization_endpoint: at('/device/authorize'),
      pushed_authorization_request_endpoint: at('/par'),
      response_types_supported: ['code'],
      response_modes_supported: ['form_post', 'fragment', 'query'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['public'],
      scopes_supported: ['openid', 'profile', 'email', 'phone', 'groups', 'offline_access'],
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      request_uri_parameter_supported: false,
    })
    expect(document['id_token_signing_alg_values_supported']).to.have.members([
      'RS256',
      'PS256',
      'ES256',
    ])
    expect(document['grant_types_supported']).to.have.members([
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
    ])
    expect(document['token_endpoint_auth_methods_supported']).to.have.members([
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ])
    expect(document).to.not.have.any.keys('registration_endpoint', 'check_session_iframe')
  })

  it('is what OAuth 2.0 clients without OpenID find as well', async () => {
    const response = await fetch(`${system.issuer}/.well-known/oauth-authorization-server`)

    expect(await response.json()).to.include({ issuer: system.issuer })
  })

  it('comes from a library that says nothing on the console', async () => {
    await signInTo(system, await system.discover('web'))

    expect(said).to.deep.equal([])
  })
})
