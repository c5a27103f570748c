import { expect } from 'chai'
import * as client from 'openid-client'
import { clients, type OidcSystem, signInTo, startOidc } from '../../support/oidc-system.ts'

describe('ID tokens', () => {
  const algorithms = ['RS256', 'PS256', 'ES256']
  let system: OidcSystem

  before(async () => {
    const own = algorithms.map((alg) => [
      alg.toLowerCase(),
      { ...clients.web, id_token_signed_response_alg: alg },
    ])
    system = await startOidc({ clients: Object.fromEntries(own) as Record<string, object> })
  })
  after(() => system[Symbol.asyncDispose]())

  for (const alg of algorithms) {
    it(`are signed with ${alg} for an app that wants it so`, async () => {
      const config = await system.discover(alg.toLowerCase(), {
        metadata: { id_token_signed_response_alg: alg },
      })
      // The library verifies the signature with the published keys only when it is told to.
      client.enableNonRepudiationChecks(config)

      const tokens = await signInTo(system, config)

      expect(headerOf(String(tokens.id_token))).to.include({ alg })
      expect(tokens.claims()?.sub).to.equal('corp:alice-id')
    })
  }

  it('are signed by keys of which nothing private is published', async () => {
    const response = await fetch(`${system.issuer}/jwks`)
    const { keys } = (await response.json()) as { keys: Record<string, string>[] }

    expect(keys.map(({ alg }) => alg)).to.have.members(algorithms)
    for (const key of keys) {
      expect(key['use']).to.equal('sig')
      expect(key).to.not.have.any.keys('d', 'p', 'q', 'dp', 'dq', 'qi')
    }
  })
})

function headerOf(jwt: string): Record<string, unknown> {
  const [header = ''] = jwt.split('.')
  return JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
}
