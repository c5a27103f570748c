/**
 * Any number of agents in one process, for a directory that lets everybody in at once: so many as
 * processes of their own would measure the machine. Started by `agents.ts` with a `Crowd` as JSON;
 * says so when it is ready, and ends at SIGTERM.
 */
import { fixedIdentity } from '../../agent/identity/identity.ts'
import { startAgent } from '../../agent/main.ts'
import { systemClock } from '../../shared/clock.ts'
import { signingKey, verifyingKey } from '../../shared/envelope-keys.ts'
import { createLog } from '../../shared/log.ts'

export interface Crowd {
  readonly redisUrl: string
  readonly providerPublicKey: string
  readonly agents: readonly {
    readonly name: string
    readonly privatePem: string
    readonly certificate: string
  }[]
}

const { redisUrl, providerPublicKey, agents } = JSON.parse(process.argv[2] ?? '') as Crowd
const log = createLog({ level: 'warn', process: 'crowd' })
const providerKeys = [await verifyingKey(providerPublicKey)]
const yes = { outcome: { name: 'ok', account: { id: '42', claims: {} } } } as const

const running = await Promise.all(
  agents.map(async ({ name, privatePem, certificate }) =>
    startAgent(
      {
        name,
        redis: { url: redisUrl, keyPrefix: 'postern:' },
        issuer: 'https://id.example',
        identityDirectory: '',
        realms: [
          {
            name: 'lab',
            suffixes: [],
            backend: { type: 'file', file: 'none', parallel: 1, changePasswords: false },
          },
        ],
        concurrency: 64,
        log: { level: 'warn' },
      },
      {
        clock: systemClock,
        log,
        identity: fixedIdentity({
          key: await signingKey(privatePem),
          certificate,
          providerKeys,
        }),
        folder: '.',
        createBackend: async () => ({ verify: async () => yes }),
      },
    ),
  ),
)
process.once('SIGTERM', () => void Promise.all(running.map((agent) => agent.stop())))
console.log(JSON.stringify({ agents: agents.length }))
