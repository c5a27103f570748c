import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { redirectUri } from './sign-in.ts'

/**
 * The yardstick: the OpenID Connect library alone, as its quick start has it: development pages,
 * everything in memory, any password is right. A process of its own that prints its issuer.
 */
const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'test-app',
        client_secret: 'a-secret-of-the-test-app',
        redirect_uris: [redirectUri],
      },
    ],
    cookies: { keys: ['of the bench'] },
    jwks: { keys: [rsa(), ec()] },
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    pkce: { required: () => true },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: sub, email: `${sub}@lab.test` }),
    }),
  })
  const handle = provider.callback()
  server.on('request', (request, response) => void handle(request, response))
  process.stdout.write(`${JSON.stringify({ issuer })}\n`)
})

function rsa() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }
}

function ec() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }
}

process.once('SIGTERM', () => process.exit())
