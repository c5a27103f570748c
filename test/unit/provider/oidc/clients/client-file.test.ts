import { expect } from 'chai'
import { resourceCheck } from '../../../../../provider/oidc/clients/client-checks.ts'
import { clientFile } from '../../../../../provider/oidc/clients/client-file.ts'
import { checkSettingsText } from '../../../../../shared/settings.ts'

/** What is said about a file with these lines, each as `line: path: message`. */
function said(...lines: string[]): string[] {
  const checked = checkSettingsText('app.yaml', lines.join('\n'), clientFile)
  return (checked.problems ?? []).map(({ line, path, message }) => `${line}: ${path}: ${message}`)
}

const app = ['client_id: app', 'redirect_uris: [https://app.example.com/]']
const secret = 'client_secret_env: APP_SECRET'

describe('a client file', () => {
  it('needs little for an app with a secret', () => {
    const { value } = checkSettingsText('app.yaml', [...app, secret].join('\n'), clientFile)

    expect(value).to.deep.include({
      application_type: 'web',
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'RS256',
      first_party: false,
      loopback_redirects: false,
    })
  })

  it('calls no app what could be taken for a person in a token', () => {
    const person = 'lab:0b9e6f0e-5d0c-4a67-9d0c-3f6b8a6f1c11'
    const others = [secret, 'redirect_uris: [https://app.example.com/]']

    expect(said(`client_id: "${person}"`, ...others)).to.deep.equal([
      '1: client_id: must have no colon: realm:id is what a token calls a person',
    ])
    expect(said('client_id: https://app.example.com', ...others)).to.have.length(1)
  })

  it('does not hold the secret itself, and no message repeats it', () => {
    const [problem, ...others] = said(...app, secret, 'client_secret: hunter2-hunter2')

    expect(others).to.deep.equal([])
    expect(problem)
      .to.match(/^4: client_secret: is not a setting/)
      .and.not.include('hunter2')
  })

  it('says where the secret is, once, if there is one', () => {
    expect(said(...app)).to.deep.equal([
      '1: client_secret_file: client_secret_basic needs client_secret_file or client_secret_env',
    ])
    expect(said(...app, secret, 'client_secret_file: app.secret')).to.deep.equal([
      '3: client_secret_env: stands beside client_secret_file; only one of them may',
    ])
    expect(said(...app, secret, 'token_endpoint_auth_method: none')).to.deep.equal([
      '3: client_secret_env: the app has no secret with none',
    ])
  })

  it('sends codes over nothing that others can read', () => {
    const lines = (redirect: string) => ['client_id: app', secret, `redirect_uris: [${redirect}]`]

    expect(said(...lines('http://app.example.com/'))).to.deep.equal([
      '3: redirect_uris[0]: must begin with https:// (http:// is for localhost alone)',
    ])
    expect(said(...lines('http://localhost:3000/cb'))).to.deep.equal([])
    expect(said(...lines('com.example.app:/callback'))).to.deep.equal([])
  })

  it('has an address to go back to, unless it never sends a browser', () => {
    expect(said('client_id: app', secret)).to.deep.equal([
      '1: redirect_uris: authorization_code needs at least one',
    ])
    expect(said('client_id: app', secret, 'loopback_redirects: true')).to.deep.equal([])
    expect(said('client_id: app', secret, 'grant_types: [client_credentials]')).to.deep.equal([])
  })

  it('lets nobody be a machine without a secret', () => {
    const open = ['client_id: app', 'token_endpoint_auth_method: none']

    expect(said(...open, 'grant_types: [client_credentials]')).to.deep.equal([
      '3: grant_types: client_credentials needs an app with a secret',
    ])
  })

  it('lets an app see passwords by a setting of its own alone, and no app that could be anybody', () => {
    const lines = ['client_id: app', 'grant_types: [password]']
    const allow = 'allow_password_grant: true'
    const first = 'first_party: true'
    const open = 'token_endpoint_auth_method: none'

    expect(said(...lines, secret, first, allow)).to.deep.equal([])
    expect(said(...lines, secret, first)).to.deep.equal([
      '2: grant_types[0]: password needs allow_password_grant: true, since the app sees passwords',
    ])
    expect(said(...lines, open, first, allow)).to.deep.equal([
      '2: grant_types[0]: password needs an app with a secret',
    ])
    expect(said(...lines, secret, allow)).to.deep.equal([
      '2: grant_types[0]: password needs first_party: true, since people cannot be asked for consent',
    ])
    expect(said(...app, secret, allow)).to.deep.equal([
      '4: allow_password_grant: allows nothing: grant_types has no password',
    ])
  })

  it('has keys if it proves itself with one', () => {
    const method = 'token_endpoint_auth_method: private_key_jwt'
    const address = 'jwks_uri: https://app.example.com/jwks'

    expect(said(...app, method)).to.deep.equal(['1: jwks: private_key_jwt needs jwks or jwks_uri'])
    expect(said(...app, method, address)).to.deep.equal([])
    expect(said(...app, method, address, 'jwks: { keys: [{ kty: EC }] }')).to.deep.equal([
      '4: jwks_uri: stands beside jwks; only one of them may',
    ])
  })

  it('asks for scopes that there are', () => {
    expect(said(...app, secret, 'scope: openid email')).to.deep.equal([])
    expect(said(...app, secret, 'scope: openid mail')[0]).to.match(
      /^4: scope: must be some of: openid/,
    )
  })

  it('names resources that there are, each once, with one default', () => {
    const checked = checkSettingsText(
      'app.yaml',
      [
        ...app,
        secret,
        'resources:',
        '  - { identifier: "https://a.example", default: true }',
        '  - { identifier: "https://a.example", default: true }',
      ].join('\n'),
      clientFile,
    )

    expect(checked.problems?.map(({ path, message }) => `${path}: ${message}`)).to.deep.equal([
      'resources[1].identifier: stands twice',
      'resources[1].default: only one can be it',
    ])
  })

  it('is compared with the resources of the provider', () => {
    const known = [{ identifier: 'https://a.example', name: 'A', scopes: ['read'] }]
    const { value } = checkSettingsText(
      'app.yaml',
      [
        ...app,
        secret,
        'resources:',
        '  - { identifier: "https://a.example", scopes: [read, write] }',
        '  - { identifier: "https://b.example" }',
      ].join('\n'),
      clientFile,
    )

    expect(value && resourceCheck(known).problems(value)).to.deep.equal([
      { path: ['resources', 0, 'scopes', 1], message: 'is no scope of this resource' },
      {
        path: ['resources', 1, 'identifier'],
        message: "is none of the resources in the provider's settings",
      },
    ])
  })
})
